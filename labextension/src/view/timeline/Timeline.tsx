/**
 * A run along time: a row for each task run, a bar for each attempt, thin where it waited. Live
 * while the run is.
 */
import { useMemo, useRef, useState } from 'react';

import { clock, parseTime } from '../../core/time';
import { ticks, timelineOf } from '../../core/timeline';
import type { IBar } from '../../core/timeline';
import type { RunPage } from '../../core/wire.gen';
import { duration, runSign, taskSign } from '../../core/words';
import { Empty } from '../Empty';
import { useFaces } from '../graph/board';
import { GraphTools } from '../graph/GraphTools';
import { matching, noQuery } from '../graph/query';
import type { IQuery } from '../graph/query';
import { useNow } from '../now';
import { useScrolled, visible } from '../scrolling';
import { Sign } from '../Sign';
import { Bar } from './Bar';
import { foldedRows } from './rows';
import type { IShownRow } from './rows';

export interface ITimelineProps {
  readonly page: RunPage;
  readonly selected: string | null;
  readonly onSelect: (key: string | null) => void;
}

const ROW = 24;
const HEAD = 26;
const NAMES = 176;
/** Room on the right, for how long the last bar took. */
const TAIL = 64;
/** More rows than these, and one searches. */
const MANY = 20;

export function Timeline({ page, selected, onSelect }: ITimelineProps): JSX.Element {
  const isLive = !runSign(page.run.state).is_final && page.run.started_at !== null;
  const now = useNow(isLive);
  const model = useMemo(() => timelineOf(page, now), [page, now]);
  const [unfolded, setUnfolded] = useState<ReadonlySet<string>>(new Set());
  const faces = useFaces(page);
  const [query, setQuery] = useState(noQuery);
  const found = useMemo(() => matching(faces, query), [faces, query]);
  const rows = useMemo(() => wanted(foldedRows(model.rows, unfolded), found, query), [model, unfolded, found, query]);
  const [scrolled, setBox, onScroll, box] = useScrolled<HTMLDivElement>();
  const focus = useRef(0);
  const began = parseTime(page.run.started_at);
  if (began === null || model.rows.length === 0) {
    return <Empty title="Nothing has begun yet.">Each attempt is a bar here, from when it began to when it ended.</Empty>;
  }
  const room = Math.max(120, scrolled.width - NAMES - TAIL);
  const span = Math.max(1, model.end - model.start);
  const place = (at: number): number => NAMES + ((at - model.start) / span) * room;
  const marks = ticks(span / 1000, Math.max(2, Math.floor(room / 110)));
  const [from, to] = visible(scrolled.top - HEAD, scrolled.height, ROW, rows.length);
  focus.current = Math.max(0, Math.min(rows.length - 1, focus.current));
  const walk = (event: React.KeyboardEvent): void => {
    const move = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (move) {
      event.preventDefault();
      focus.current = Math.min(rows.length - 1, Math.max(0, focus.current + move));
      box?.querySelector<HTMLElement>(`[data-row="${focus.current}"]`)?.focus();
    }
  };
  return (
    <div className="jp-Flow-timeView">
      {model.rows.length > MANY ? <GraphTools faces={faces} query={query} onQuery={setQuery} found={found} onReveal={onSelect} /> : null}
      <div className="jp-Flow-timeline" ref={setBox} onScroll={onScroll} onKeyDown={walk}>
        <div style={{ height: HEAD + rows.length * ROW, position: 'relative' }}>
          <div className="jp-Flow-axis" style={{ height: HEAD }}>
            <span className="jp-Flow-axisStart" style={{ width: NAMES }}>{clock(model.start)}</span>
            {marks.filter(at => at > 0).map(at => (
              <span key={at} className="jp-Flow-tick" style={{ left: place(model.start + at * 1000) }} title={clock(model.start + at * 1000)}>+{duration(at)}</span>
            ))}
          </div>
          {marks.map(at => (
            <i key={at} className="jp-Flow-tickLine" style={{ left: place(model.start + at * 1000), top: HEAD }} />
          ))}
          {isLive ? <i className="jp-Flow-nowLine" style={{ left: place(now), top: HEAD }} title="now" /> : null}
          {rows.slice(from, to).map((row, offset) => {
            const tries = row.bars.filter(bar => bar.attempt > 0);
            const last = row.bars[row.bars.length - 1];
            const spent = tries.length ? duration(spentOn(tries, row.width !== null)) : '';
            return (
              <div key={row.key} className="jp-Flow-timeRow" data-chosen={row.key === selected || undefined} data-folded={row.width !== null || undefined} style={{ top: HEAD + (from + offset) * ROW, height: ROW }}>
                <button
                  type="button"
                  className="jp-Flow-timeName"
                  style={{ width: row.width === null ? NAMES : NAMES - 42 }}
                  data-row={from + offset}
                  data-mapped={row.index !== null || undefined}
                  tabIndex={from + offset === focus.current ? 0 : -1}
                  aria-label={`${row.key}: ${taskSign(row.state).word}${spent ? `, ${spent}` : ''}${row.width !== null ? `, ${row.width} instances` : tries.length > 1 ? `, ${tries.length} attempts` : ''}`}
                  onFocus={() => (focus.current = from + offset)}
                  onClick={() => onSelect(row.key)}
                >
                  <Sign state={row.state} /><span className="jp-Flow-clip" title={row.key}>{row.key}</span>
                </button>
                {row.width === null ? null : (
                  <button
                    type="button"
                    className="jp-Flow-timeFold"
                    style={{ left: NAMES - 40 }}
                    aria-expanded={unfolded.has(row.task)}
                    aria-label={`the ${row.width} instances of ${row.task}`}
                    onClick={() => setUnfolded(toggled(unfolded, row.task))}
                  >
                    × {row.width}
                  </button>
                )}
                {row.bars.map((bar, at) => (
                  <Bar key={at} bar={bar} left={place(bar.start)} right={place(bar.end)} onClick={() => onSelect(row.key)} />
                ))}
                {last && spent ? <span className="jp-Flow-barTime" style={{ left: place(Math.max(...row.bars.map(bar => bar.end))) + 6 }}>{spent}</span> : null}
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}

/** The rows of what is looked for; of instances those only that are in such a state themselves. */
function wanted(rows: readonly IShownRow[], found: ReadonlySet<string> | null, { states }: IQuery): readonly IShownRow[] {
  if (!found) {
    return rows;
  }
  return rows.filter(row => found.has(row.task) && (row.index === null || !states.length || states.includes(row.state)));
}


/** How long attempts took, in seconds: together, or from the first to the last of many instances. */
function spentOn(bars: readonly IBar[], isSpan: boolean): number {
  const spans = bars.map(bar => bar.end - bar.start);
  const whole = isSpan
    ? Math.max(...bars.map(bar => bar.end)) - Math.min(...bars.map(bar => bar.start))
    : spans.reduce((sum, each) => sum + each, 0);
  return whole / 1000;
}

function toggled(set: ReadonlySet<string>, name: string): ReadonlySet<string> {
  const next = new Set(set);
  if (!next.delete(name)) {
    next.add(name);
  }
  return next;
}
