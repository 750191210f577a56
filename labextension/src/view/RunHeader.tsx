/** The head of a run's page: how it stands, for how long, with what; and what can be done with it. */
import { useState } from 'react';

import type { ParentView, RunView as Run, RunPage } from '../core/wire.gen';
import { keyOf } from '../core/run';
import { firstStart } from '../core/runs';
import { runTook } from '../core/select';
import { zoned } from '../core/time';
import { runSign, tally } from '../core/words';
import type { IRunActions } from './actions';
import { Button } from './Button';
import { useNow } from './now';
import { Sign } from './Sign';
import { StateBar } from './StateBar';

export interface IRunHeaderProps {
  readonly page: RunPage;
  readonly actions?: IRunActions | undefined;
}

/** Reasons that tell no more than the state does, also while it is being reached. */
const SAID = ['cancelled'];

export function RunHeader({ page, actions = {} }: IRunHeaderProps): JSX.Element {
  const { run, params } = page;
  const given = Object.entries(params);
  return (
    <header className="jp-Flow-runHead">
      <div className="jp-Flow-runTitle">
        <h2>{actions.openFlow && run.source ? (
          <button type="button" className="jp-Flow-link" title={`open ${run.source}`} onClick={() => actions.openFlow?.(run.source)}>{run.flow}</button>
        ) : run.flow}</h2>
        <Sign state={run.state} of="run" word />
        <Elapsed page={page} />
        {run.reason && !SAID.includes(run.reason) && run.reason !== runSign(run.state).word ? <span className="jp-Flow-reasonInline" data-tone={runSign(run.state).tone}>{run.reason}</span> : null}
        {run.is_left ? <span className="jp-Flow-reasonInline" data-tone="warn">nobody sees to it: start a service with <code>jupyter flow serve</code></span> : null}
        <span className="jp-Flow-push" />
        <RunActions run={run} cleansUp={page.flow.tasks.some(each => each.rules.includes('teardown'))} actions={actions} />
      </div>
      <div className="jp-Flow-runFacts">
        <span className="jp-Flow-mono" title="the run's id">{run.id}</span>
        <span title={`logical time ${run.logical_date}`}>for {zoned(run.logical_date)}</span>
        {run.schedule ? <span title="the schedule that started it">by schedule {run.schedule}</span> : null}
        {run.parent ? <PartOf parent={run.parent} actions={actions} /> : null}
        {run.backfill ? <span title="the backfill that it belongs to">in backfill {run.backfill}</span> : null}
        {given.map(([name, value]) => (
          <span key={name} className="jp-Flow-param" title={`parameter ${name}`}>
            <span className="jp-Flow-soft">{name}=</span>{typeof value === 'string' ? value : JSON.stringify(value)}
          </span>
        ))}
        <span className="jp-Flow-push">{tally(run.tasks)}</span>
      </div>
      <StateBar counts={run.tasks} />
    </header>
  );
}

/** Which task of which run it is. */
function PartOf({ parent, actions }: { parent: ParentView; actions: IRunActions }): JSX.Element {
  const task = keyOf(parent.task, parent.index);
  const { openRun } = actions;
  return (
    <span>
      is {task} of {openRun ? <button type="button" className="jp-Flow-link" title="open the run that it is a part of" onClick={() => openRun(parent.run, task)}>{parent.run}</button> : parent.run}
    </span>
  );
}

/** How long it took since it began for the first time; and since it was opened again, by a repair. */
function Elapsed({ page }: { page: RunPage }): JSX.Element | null {
  const { run } = page;
  const now = useNow(run.started_at !== null && run.ended_at === null);
  const first = firstStart(page);
  if (first === null) {
    return null;
  }
  const word = run.ended_at === null ? 'for' : 'in';
  const isAgain = first !== run.started_at;
  const again = isAgain ? `; opened again ${zoned(run.started_at)}` : '';
  return (
    <span className="jp-Flow-soft jp-Flow-time" title={`began ${zoned(first)}${again}`}>
      {word} {runTook({ ...run, started_at: first }, now)}{isAgain ? ` · again ${word} ${runTook(run, now)}` : ''}
    </span>
  );
}

/** `cleansUp` says that something in the flow cleans up, which goes on when the run is cancelled. */
function RunActions({ run, cleansUp, actions }: { run: Run; cleansUp: boolean; actions: IRunActions }): JSX.Element {
  const [asks, setAsks] = useState(false);
  const isFinal = runSign(run.state).is_final;
  const isCleaning = cleansUp && run.state === 'cancelling';
  const { cancel, repair, again } = actions;
  if (asks && !isFinal) {
    return (
      <span className="jp-Flow-runActions" role="group" aria-label="stop the run?">
        <span className="jp-Flow-soft">{isCleaning ? 'Stop the cleaning up too?' : 'Stop all that runs?'}</span>
        <Button label="Stop the run" icon="stop" tone="bad" onClick={() => {
          setAsks(false);
          cancel?.([]);
        }} />
        <Button label="Go on" onClick={() => setAsks(false)} />
      </span>
    );
  }
  return (
    <span className="jp-Flow-runActions" role="toolbar" aria-label="what to do with the run">
      <Button label="Repair" icon="repair" tone="main" title="do again what did not succeed, with the notebooks as they are now" onClick={repair && isFinal && run.state !== 'succeeded' ? repair : undefined} />
      <Button label="Run again" icon="play" title="start a new run with the same parameters" onClick={again && isFinal ? again : undefined} />
      <Button label="Cancel" icon="stop" title={isCleaning ? 'stop what still cleans up' : 'stop the run'} disabled={run.state === 'cancelling' && !isCleaning} onClick={cancel && !isFinal ? () => setAsks(true) : undefined} />
    </span>
  );
}
