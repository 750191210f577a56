/** Runs, a row each: state, flow, when, how long, a bar of its tasks. Text and states narrow it. */
import { useMemo, useState } from 'react';

import { isLive, matchesRun, runTook } from '../../core/select';
import { parseTime, zoned } from '../../core/time';
import type { RunView } from '../../core/wire.gen';
import { ago, runSign, RUN_ORDER, tally } from '../../core/words';
import { Button } from '../Button';
import { Empty, Skeleton } from '../Empty';
import { useNow } from '../now';
import { useScrolled, visible } from '../scrolling';
import { Sign } from '../Sign';
import { StateBar } from '../StateBar';
import { rowKeys } from './rowKeys';

export interface IRunListProps {
  /** The newest first; null while they are being asked for. */
  readonly runs: readonly RunView[] | null;
  readonly selected?: string | null;
  readonly onOpen: (run: string) => void;
  /** Asks for runs that were made before these; none when there are no more. */
  readonly onOlder?: (() => void) | null;
}

const ROW = 44;

export function RunList({ runs, selected = null, onOpen, onOlder = null }: IRunListProps): JSX.Element {
  const [query, setQuery] = useState('');
  const [states, setStates] = useState<readonly string[]>([]);
  const [scrolled, setBox, onScroll] = useScrolled<HTMLDivElement>();
  const now = useNow(runs?.some(isLive) ?? false);
  const counted = useMemo(() => countStates(runs ?? []), [runs]);
  const shown = useMemo(
    () => (runs ?? []).filter(run => (states.length === 0 || states.includes(run.state)) && matchesRun(run, query)),
    [runs, states, query]
  );
  if (!runs) {
    return <div className="jp-Flow jp-Flow-list"><Skeleton rows={8} label="loading the runs" /></div>;
  }
  if (runs.length === 0) {
    return (
      <div className="jp-Flow jp-Flow-list">
        <Empty title="No run yet." code="%flow run">The arrow beside a flow runs it, and so does this in a notebook, below its <code>%%flow</code> cell:</Empty>
      </div>
    );
  }
  const [from, to] = visible(scrolled.top, scrolled.height, ROW, shown.length);
  const toggle = (state: string): void => setStates(states.includes(state) ? states.filter(each => each !== state) : [...states, state]);
  return (
    <div className="jp-Flow jp-Flow-list">
      <div className="jp-Flow-tools">
        <input className="jp-Flow-input jp-Flow-wide" type="search" placeholder="Filter runs" aria-label="filter runs by flow, id, state, origin" value={query} onChange={event => setQuery(event.target.value)} />
        <span className="jp-Flow-filters">
          {[...counted].map(([state, number]) => (
            <button key={state} type="button" className="jp-Flow-chip" aria-pressed={states.includes(state)} onClick={() => toggle(state)}>
              <Sign state={state} of="run" word /> {number}
            </button>
          ))}
        </span>
      </div>
      <div className="jp-Flow-rows" ref={setBox} onScroll={onScroll} onKeyDown={rowKeys}>
        {shown.length === 0 ? <p className="jp-Flow-none">No run fits.</p> : null}
        <ul style={{ height: shown.length * ROW, position: 'relative' }} aria-label={`${shown.length} runs`}>
          {shown.slice(from, to).map((run, offset) => (
            <li key={run.id} style={{ top: (from + offset) * ROW, height: ROW }} data-chosen={run.id === selected || undefined}>
              <Row run={run} now={now} onOpen={onOpen} />
            </li>
          ))}
        </ul>
        {onOlder ? <p className="jp-Flow-none"><Button label="Show older runs" onClick={onOlder} /></p> : null}
      </div>
    </div>
  );
}

function Row({ run, now, onOpen }: { run: RunView; now: number; onOpen: (run: string) => void }): JSX.Element {
  const began = parseTime(run.started_at ?? run.created_at) ?? now;
  const origin = run.backfill ? 'backfill' : run.schedule ? 'schedule' : '';
  const spent = runTook(run, now);
  const told = `run of ${run.flow}: ${runSign(run.state).word}, ${ago(began, now)}${spent ? `, took ${spent}` : ''}; ${tally(run.tasks)}`;
  return (
    <button type="button" className="jp-Flow-row" aria-label={told} title={`${run.id}\nof ${run.source || run.flow}\nfor ${zoned(run.logical_date)}\n${tally(run.tasks)}`} onClick={() => onOpen(run.id)}>
      <span className="jp-Flow-rowLine">
        <Sign state={run.state} of="run" />
        <strong className="jp-Flow-clip">{run.flow}</strong>
        {origin ? <span className="jp-Flow-tag">{origin}</span> : null}
        <span className="jp-Flow-push jp-Flow-time">{ago(began, now)}</span>
      </span>
      <span className="jp-Flow-rowLine jp-Flow-rowMore">
        <StateBar counts={run.tasks} />
        <span className="jp-Flow-time">{spent}</span>
      </span>
    </button>
  );
}

/** In the order of the words, so that no chip moves when a run goes on; states that we do not know come last. */
function countStates(runs: readonly RunView[]): ReadonlyMap<string, number> {
  const counted = new Map<string, number>(RUN_ORDER.map(state => [state, 0]));
  runs.forEach(run => counted.set(run.state, (counted.get(run.state) ?? 0) + 1));
  RUN_ORDER.filter(state => !counted.get(state)).forEach(state => counted.delete(state));
  return counted;
}
