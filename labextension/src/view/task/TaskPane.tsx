/**
 * One task of a run: its state and why, its attempts, parameters and values, what went wrong, its
 * log and its outputs. What has to be asked for (log, outputs, the why) the host gives.
 */
import { useEffect, useMemo, useState } from 'react';
import type { ReactNode } from 'react';

import { keyOf, readKey } from '../../core/run';
import { lastAttempt } from '../../core/select';
import type { AttemptView, RunPage, TaskRunView, TaskView } from '../../core/wire.gen';
import type { IRunActions } from '../actions';
import { Button } from '../Button';
import { Empty } from '../Empty';
import { Tabs } from '../Tabs';
import { Attempts } from './Attempts';
import { Instances } from './Instances';
import { Log } from './Log';
import type { ILogText } from './Log';
import { Overview } from './Overview';
import { Question } from './Question';
import { TaskHead } from './TaskHead';

/** The attempt that is on the screen. */
export interface IShown {
  readonly task: string;
  readonly index: number | null;
  readonly number: number;
  readonly attempt: AttemptView;
}

export interface ITaskPaneProps {
  readonly page: RunPage;
  /** `train`, or the instance `train[2]`. */
  readonly selected: string;
  readonly onSelect: (key: string | null) => void;
  readonly actions?: IRunActions | undefined;
  /** The log of the attempt that `onWatch` told of last; null while it is being asked for. */
  readonly log?: ILogText | null | undefined;
  /** Which attempt's log is on the screen; null when none is. */
  readonly onWatch?: ((shown: IShown | null) => void) | undefined;
  /** What an attempt put out, rendered. Without it there is no such tab. */
  readonly outputs?: ((shown: IShown) => ReactNode) | undefined;
  /** Why a task is as it is, in words. */
  readonly why?: ((task: string) => Promise<string>) | undefined;
}

type Part = 'overview' | 'log' | 'outputs';

export function TaskPane(props: ITaskPaneProps): JSX.Element {
  const { page, selected, onSelect, actions = {}, log = null, onWatch, outputs } = props;
  const { task: name, index } = readKey(selected);
  const task = page.flow.tasks.find(each => each.name === name);
  const runs = useMemo(() => page.task_runs.filter(each => each.task === name), [page.task_runs, name]);
  const isMapped = task?.is_mapped === true && !(runs.length === 1 && runs[0]?.index === null);
  const run = isMapped ? runs.find(each => each.index === index) : runs[0];
  const [part, setPart] = useState<Part>('overview');
  const [number, setNumber] = useState<number | null>(null);
  useEffect(() => setNumber(null), [selected]);

  const attempt = run ? (run.attempts.find(each => each.number === number) ?? lastAttempt(run)) : null;
  useWatch(part === 'log' ? shownOf(run, attempt) : null, onWatch);
  if (!task) {
    return <Empty title={`This run has no task ${name}.`} />;
  }
  if (isMapped && !run) {
    return (
      <div className="jp-Flow-pane">
        <TaskHead task={task} runs={runs} run={null} onClose={() => onSelect(null)} />
        <Instances runs={runs} onSelect={onSelect} />
      </div>
    );
  }
  const shown = shownOf(run, attempt);
  const tabs = [
    { id: 'overview' as const, label: 'Overview' },
    { id: 'log' as const, label: 'Log' },
    ...(outputs ? [{ id: 'outputs' as const, label: 'Outputs' }] : [])
  ];
  return (
    <div className="jp-Flow-pane">
      <TaskHead task={task} runs={runs} run={run ?? null} onSelect={onSelect} onClose={() => onSelect(null)} />
      {run && run.attempts.length > 1 ? <Attempts attempts={run.attempts} current={attempt} onChange={setNumber} /> : null}
      <TaskActions task={task} run={run} attempt={attempt} runState={page.run.state} actions={actions} />
      {run && actions.answer && task.kind === 'approve' && run.state === 'waiting' ? <Question key={selected} task={task} run={run} answer={actions.answer} /> : null}
      <Tabs label={`about ${selected}`} tabs={tabs} current={part} onChange={setPart} />
      <div className="jp-Flow-part" role="tabpanel" data-part={part} aria-label={tabs.find(each => each.id === part)?.label}>
        {part === 'overview' ? <Overview page={page} task={task} run={run} attempt={attempt} actions={actions} why={props.why} onSelect={onSelect} /> : null}
        {part !== 'overview' && !shown ? <Empty title="It has not run yet.">Its {part} appear here as soon as it does.</Empty> : null}
        {part === 'log' && shown ? <Log key={`${selected}#${shown.number}`} log={log} /> : null}
        {part === 'outputs' && shown ? outputs?.(shown) : null}
      </div>
    </div>
  );
}

function shownOf(run: TaskRunView | undefined, attempt: AttemptView | null): IShown | null {
  return run && attempt ? { task: run.task, index: run.index, number: attempt.number, attempt } : null;
}

/** Tells the host which log is looked at, and when none is any more. */
function useWatch(shown: IShown | null, onWatch: ITaskPaneProps['onWatch']): void {
  const id = shown ? `${shown.task}[${shown.index}]#${shown.number}` : null;
  useEffect(() => {
    onWatch?.(shown);
    return shown ? () => onWatch?.(null) : undefined;
    // The attempt itself changes with each cell; which one it is does not.
  }, [id, onWatch]);
}

const LIVE = ['queued', 'waiting', 'running', 'retrying', 'pending'];
const OVER = ['succeeded', 'failed', 'cancelled', 'restored', 'skipped', 'upstream_failed'];

interface ITaskActionsProps {
  readonly task: TaskView;
  readonly run: TaskRunView | undefined;
  readonly attempt: AttemptView | null;
  readonly runState: string;
  readonly actions: IRunActions;
}

function TaskActions({ task, run, attempt, runState, actions }: ITaskActionsProps): JSX.Element | null {
  if (!run) {
    return null;
  }
  const key = keyOf(run.task, run.index);
  const isLive = LIVE.includes(run.state) && ['running', 'queued'].includes(runState);
  const isOver = OVER.includes(run.state);
  const { cancel, clear, mark, openNotebook, openSource } = actions;
  return (
    <div className="jp-Flow-tools jp-Flow-paneTools" role="toolbar" aria-label={`what to do with ${key}`}>
      <Button label="Notebook" icon="open" title="open the executed notebook" onClick={openNotebook && attempt?.notebook ? () => openNotebook(attempt.notebook, attempt.failure?.cell ?? null) : undefined} />
      <Button label="Source" icon="source" title={`open ${task.source}`} onClick={openSource && task.source ? () => openSource(task.source, null, null) : undefined} />
      <Button label="Cancel" icon="stop" tone="bad" title={`stop ${key}`} onClick={cancel && isLive ? () => cancel([key]) : undefined} />
      <Button label="Run again" icon="repair" title={`do ${key} and what comes after it again`} onClick={clear && isOver ? () => clear([run.task], true) : undefined} />
      <Button label="Mark succeeded" title="say by hand that it went well" onClick={mark && isOver && run.state !== 'succeeded' ? () => mark(key, 'succeeded') : undefined} />
    </div>
  );
}
