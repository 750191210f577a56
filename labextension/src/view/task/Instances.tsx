/** The instances of a mapped task, a row each; what went wrong can be shown alone. */
import { useMemo, useState } from 'react';

import { keyOf } from '../../core/run';
import { lastAttempt, partOf } from '../../core/select';
import type { TaskRunView } from '../../core/wire.gen';
import { duration, TALLY_ORDER } from '../../core/words';
import { Empty } from '../Empty';
import { item } from '../graph/item';
import { useNow } from '../now';
import { useScrolled, visible } from '../scrolling';
import { Sign } from '../Sign';

export interface IInstancesProps {
  readonly runs: readonly TaskRunView[];
  readonly onSelect: (key: string) => void;
}

const ROW = 24;

export function Instances({ runs, onSelect }: IInstancesProps): JSX.Element {
  const [only, setOnly] = useState<string | null>(null);
  const [scrolled, setBox, onScroll] = useScrolled<HTMLDivElement>();
  const states = useMemo(() => TALLY_ORDER.filter(state => runs.some(each => each.state === state)), [runs]);
  const rows = useMemo(() => (only ? runs.filter(each => each.state === only) : runs), [runs, only]);
  if (runs.length === 0) {
    return <Empty title="No instances yet.">There will be one for each value, as soon as the values are known.</Empty>;
  }
  const [from, to] = visible(scrolled.top, scrolled.height, ROW, rows.length);
  return (
    <>
      <div className="jp-Flow-tools" role="toolbar" aria-label="only some instances">
        {states.map(state => (
          <button key={state} type="button" className="jp-Flow-chip" aria-pressed={only === state} onClick={() => setOnly(only === state ? null : state)}>
            <Sign state={state} word /> {runs.filter(each => each.state === state).length}
          </button>
        ))}
      </div>
      <div className="jp-Flow-instances" ref={setBox} onScroll={onScroll}>
        <ul style={{ height: rows.length * ROW }} aria-label={`${rows.length} instances`}>
          {rows.slice(from, to).map((run, offset) => (
            <li key={run.index ?? -1} style={{ top: (from + offset) * ROW }}>
              <button type="button" onClick={() => onSelect(keyOf(run.task, run.index))}>
                <Sign state={run.state} />
                <span className="jp-Flow-mono">[{run.index}]</span>
                <span className="jp-Flow-clip jp-Flow-mono">{item(run.item)}</span>
                <Took run={run} />
              </button>
            </li>
          ))}
        </ul>
      </div>
    </>
  );
}

function Took({ run }: { run: TaskRunView }): JSX.Element {
  const attempt = lastAttempt(run);
  const now = useNow(attempt !== null && attempt.ended_at === null);
  const end = attempt?.ended_at ? Date.parse(attempt.ended_at) : now;
  const cells = attempt?.cells && run.state !== 'succeeded' ? `${partOf(attempt)} ${attempt.cell}/${attempt.cells} · ` : '';
  return <span className="jp-Flow-time">{attempt ? cells + duration((end - Date.parse(attempt.started_at)) / 1000) : ''}</span>;
}
