/** What there is to know of a task run beside its log and outputs. */
import { useState } from 'react';

import { keyOf } from '../../core/run';
import { zoned } from '../../core/time';
import type { AttemptView, RunPage, TaskRunView, TaskView } from '../../core/wire.gen';
import { duration, overall, TALLY_ORDER, taskSign } from '../../core/words';
import type { IRunActions } from '../actions';
import { Facts } from '../Facts';
import { bytes } from '../numbers';
import { Sign } from '../Sign';
import { Failure } from './Failure';

export interface IOverviewProps {
  readonly page: RunPage;
  readonly task: TaskView;
  readonly run: TaskRunView | undefined;
  readonly attempt: AttemptView | null;
  readonly actions: IRunActions;
  readonly why?: ((task: string) => Promise<string>) | undefined;
  readonly onSelect: (key: string) => void;
}

export function Overview({ page, task, run, attempt, actions, why, onSelect }: IOverviewProps): JSX.Element {
  const failure = attempt?.failure ?? null;
  const { openNotebook, openSource, openAtFailure, openRun } = actions;
  const origin = run?.state === 'restored' ? run.origin : null;
  return (
    <>
      {run?.reason && !failure ? <p className="jp-Flow-reason" data-tone={taskSign(run.state).tone}>{run.reason}</p> : null}
      {origin && openRun ? (
        <button type="button" className="jp-Flow-link" onClick={() => openRun(origin.run, keyOf(origin.task, origin.index))}>
          Open the run that made it
        </button>
      ) : null}
      {attempt?.child && openRun ? (
        <button type="button" className="jp-Flow-link" onClick={() => openRun(attempt.child, null)}>
          Open its run, {attempt.child}
        </button>
      ) : null}
      {attempt && failure ? (
        <Failure
          attempt={attempt}
          failure={failure}
          onNotebook={openNotebook && attempt.notebook ? () => openNotebook(attempt.notebook, failure.cell) : undefined}
          onSource={openSource && task.source ? () => openSource(task.source, failure.cell, failure.cell_id) : undefined}
          onDebug={openAtFailure && attempt.notebook && failure.cell !== null ? () => openAtFailure(attempt.notebook) : undefined}
        />
      ) : null}
      <Facts title="Values" facts={run?.values ?? {}} empty={run?.state === 'succeeded' ? <>Hand values on with <code>jupyter_flow.output(name=value)</code> in a cell.</> : null} />
      <Facts title="Parameters" facts={attempt?.parameters ?? {}} empty={attempt ? 'It was given none.' : null} />
      <Upstream page={page} task={task} onSelect={onSelect} />
      {why ? <Why key={task.name} task={task.name} why={why} /> : null}
      <Measures attempt={attempt} task={task} />
    </>
  );
}

function Why({ task, why }: { task: string; why: (task: string) => Promise<string> }): JSX.Element {
  const [told, setTold] = useState<string | null>(null);
  if (told !== null) {
    return <pre className="jp-Flow-why">{told}</pre>;
  }
  return (
    <button type="button" className="jp-Flow-link" onClick={() => void why(task).then(setTold, (error: unknown) => setTold(String(error)))}>
      Why is it so?
    </button>
  );
}

/** So many of the tasks that a task waits for are listed. */
const MOST = 50;

function Upstream({ page, task, onSelect }: Pick<IOverviewProps, 'page' | 'task' | 'onSelect'>): JSX.Element | null {
  if (task.upstream.length === 0) {
    return null;
  }
  const states = statesOf(page, task.upstream);
  // If not all can be listed, then those that did not go well.
  const order: readonly string[] = states.size > MOST ? TALLY_ORDER : [];
  const listed = [...states].sort(([, a], [, b]) => order.indexOf(a) - order.indexOf(b)).slice(0, MOST);
  return (
    <section className="jp-Flow-facts">
      <h4>Waits for</h4>
      <p className="jp-Flow-wrapped">
        {listed.map(([name, state]) => (
          <button key={name} type="button" className="jp-Flow-chip" onClick={() => onSelect(name)}>
            <Sign state={state} /> {name}
          </button>
        ))}
        {states.size > MOST ? <span className="jp-Flow-soft">and {states.size - MOST} more</span> : null}
      </p>
    </section>
  );
}

function statesOf(page: RunPage, tasks: readonly string[]): ReadonlyMap<string, string> {
  const states = new Map<string, string[]>(tasks.map(each => [each, []]));
  page.task_runs.forEach(each => states.get(each.task)?.push(each.state));
  return new Map([...states].map(([task, found]) => [task, found.length ? overall(found) : 'pending']));
}

function Measures({ attempt, task }: { attempt: AttemptView | null; task: TaskView }): JSX.Element | null {
  const parts = [
    attempt?.cpu === null || attempt === null ? '' : `${duration(attempt.cpu)} of CPU`,
    attempt?.memory ? `${bytes(attempt.memory)} at most` : '',
    task.retries ? `up to ${task.retries} ${task.retries === 1 ? 'retry' : 'retries'}` : '',
    attempt ? `began ${zoned(attempt.started_at)}` : ''
  ].filter(Boolean);
  return parts.length ? <p className="jp-Flow-soft">{parts.join(' · ')}</p> : null;
}
