/** The head of a task's pane: its name, state and time, and what it runs. */
import { useMemo } from 'react';

import { cells, lastAttempt } from '../../core/select';
import type { TaskRunView, TaskView } from '../../core/wire.gen';
import { duration, overall, tally } from '../../core/words';
import { Button } from '../Button';
import { item } from '../graph/item';
import { useNow } from '../now';
import { Sign } from '../Sign';

export interface ITaskHeadProps {
  readonly task: TaskView;
  readonly runs: readonly TaskRunView[];
  /** Null: all instances of a mapped task. */
  readonly run: TaskRunView | null;
  readonly onSelect?: (key: string | null) => void;
  readonly onClose: () => void;
}

export function TaskHead({ task, runs, run, onSelect, onClose }: ITaskHeadProps): JSX.Element {
  const state = run ? run.state : runs.length ? overall(runs.map(each => each.state)) : 'pending';
  const isInstance = run !== null && run.index !== null;
  return (
    <header className="jp-Flow-paneHead">
      <h3 title={task.name}>
        {isInstance ? (
          <>
            <button type="button" className="jp-Flow-link" onClick={() => onSelect?.(task.name)}>{task.name}</button>
            <span className="jp-Flow-mono">[{run.index}]</span>
          </>
        ) : task.name}
      </h3>
      <Button label="close" icon="close" iconOnly onClick={onClose} />
      <p className="jp-Flow-paneState">
        <Sign state={state} word /> {run ? <Spent run={run} /> : <Counted runs={runs} />}
        {isInstance ? <span className="jp-Flow-mono jp-Flow-soft"> {item(run.item)}</span> : null}
      </p>
      <p className="jp-Flow-soft jp-Flow-clip" title={task.what}>{task.what || task.kind}{task.rules.length ? ` · ${task.rules.join(' · ')}` : ''}</p>
    </header>
  );
}

function Spent({ run }: { run: TaskRunView }): JSX.Element | null {
  const attempt = lastAttempt(run);
  const now = useNow(attempt !== null && attempt.ended_at === null);
  if (!attempt) {
    return run.reason ? <span className="jp-Flow-soft">{run.reason}</span> : null;
  }
  const end = attempt.ended_at === null ? now : Date.parse(attempt.ended_at);
  const spent = duration((end - Date.parse(attempt.started_at)) / 1000);
  const place = attempt.ended_at === null ? cells(run) : '';
  return <span className="jp-Flow-soft">{attempt.ended_at === null ? 'for' : 'in'} {spent}{place && ` · ${place}`}</span>;
}

function Counted({ runs }: { runs: readonly TaskRunView[] }): JSX.Element {
  const told = useMemo(() => {
    const counts: Record<string, number> = {};
    runs.forEach(each => (counts[each.state] = (counts[each.state] ?? 0) + 1));
    return tally(counts);
  }, [runs]);
  return <span className="jp-Flow-soft">{runs.length} instances: {told || 'none yet'}</span>;
}
