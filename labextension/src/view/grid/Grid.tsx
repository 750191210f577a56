/**
 * Runs by tasks: a column for each run, the newest to the right, a row for each task. A cell is the
 * state of a task in a run. Above stand the runs' lengths. Only what is on the screen is drawn.
 */
import { useEffect, useMemo, useRef, useState } from 'react';

import type { IGrid } from '../../core/grid';
import { seconds, zoned } from '../../core/time';
import type { GridField, RunView } from '../../core/wire.gen';
import { count, duration, runSign, taskSign } from '../../core/words';
import { isLive } from '../../core/select';
import { Empty, Skeleton } from '../Empty';
import { useNow } from '../now';
import { useScrolled, visible } from '../scrolling';
import { Sign } from '../Sign';

export interface IGridProps {
  /** Of `gridOf`, the oldest run first; null while it is being asked for. */
  readonly grid: IGrid | null;
  /** The run, and the task, that are chosen. */
  readonly run: string | null;
  readonly task: string | null;
  readonly onRun: (id: string) => void;
  readonly onTask: (run: string, task: string) => void;
}

const CELL = 24;
const HEAD = 76;
const NAMES = 176;
const BAR = 48;

export function Grid({ grid, run, task, onRun, onTask }: IGridProps): JSX.Element {
  const [scrolled, setBox, onScroll, box] = useScrolled<HTMLDivElement>();
  const [at, setAt] = useState<{ row: number; column: number } | null>(null);
  const isWalking = useRef(false);
  const columns = grid?.columns;
  const now = useNow(columns?.some(isLive) ?? false);
  const longest = useMemo(() => Math.max(1, ...(columns ?? []).map(each => seconds(each.started_at, each.ended_at, now) ?? 0)), [columns, now]);
  const many = columns?.length ?? 0;
  useEffect(() => {
    // The newest is what somebody comes for.
    if (box) {
      box.scrollLeft = many * CELL;
    }
  }, [box, many]);
  useEffect(() => {
    if (at && isWalking.current && box) {
      box.querySelector<HTMLElement>(`[data-at="${at.row},${at.column}"]`)?.focus();
      isWalking.current = false;
    }
  }, [at, box]);
  if (!grid || !columns) {
    return <Skeleton rows={8} label="loading the runs" />;
  }
  const rows = grid.rows;
  if (columns.length === 0) {
    return <Empty title="No run yet." code="%flow run">Start one, and it is a column here:</Empty>;
  }
  const [top, bottom] = visible(scrolled.top - HEAD, scrolled.height, CELL, rows.length);
  const [left, right] = visible(scrolled.left, scrolled.width, CELL, columns.length);
  const chosen = columns.findIndex(each => each.id === run);
  const home = at ?? { row: Math.max(0, rows.findIndex(each => each.task === task)), column: chosen < 0 ? columns.length - 1 : chosen };
  const walk = (event: React.KeyboardEvent): void => {
    const [down, across] = { ArrowDown: [1, 0], ArrowUp: [-1, 0], ArrowRight: [0, 1], ArrowLeft: [0, -1] }[event.key] ?? [0, 0];
    if (down || across) {
      event.preventDefault();
      const row = clamp(home.row + (down ?? 0), 0, rows.length - 1);
      const column = clamp(home.column + (across ?? 0), 0, columns.length - 1);
      isWalking.current = true;
      bringIntoSight(box, row, column);
      setAt({ row, column });
    }
  };
  const shown = columns.slice(left, right);
  return (
    <div className="jp-Flow-grid" ref={setBox} onScroll={onScroll} role="grid" aria-label="runs by tasks" aria-rowcount={rows.length + 1} aria-colcount={columns.length + 1} onKeyDown={walk}>
      <div style={{ width: NAMES + columns.length * CELL + 12, height: HEAD + rows.length * CELL, position: 'relative' }}>
        {chosen >= 0 ? <i className="jp-Flow-gridColumn" style={{ left: NAMES + chosen * CELL, width: CELL }} /> : null}
        <div className="jp-Flow-gridHead" role="row" style={{ height: HEAD }}>
          <div className="jp-Flow-gridCorner" role="columnheader" style={{ width: NAMES }}><span>{duration(longest)}</span><span>0 s</span></div>
          {shown.map((each, offset) => (
            <RunHead key={each.id} run={each} left={NAMES + (left + offset) * CELL} longest={longest} now={now} isChosen={each.id === run} onRun={onRun} />
          ))}
        </div>
        {rows.slice(top, bottom).map((row, down) => (
          <div key={row.task} className="jp-Flow-gridRow" role="row" data-chosen={row.task === task || undefined} style={{ top: HEAD + (top + down) * CELL, height: CELL }}>
            <div className="jp-Flow-gridName" role="rowheader" style={{ width: NAMES }} title={row.task}>{row.task}</div>
            {shown.map((column, across) => (
              <Cell
                key={column.id}
                run={column.id}
                task={row.task}
                field={row.fields[left + across] ?? null}
                left={NAMES + (left + across) * CELL}
                at={`${top + down},${left + across}`}
                isHome={home.row === top + down && home.column === left + across}
                isChosen={column.id === run && row.task === task}
                onTask={onTask}
              />
            ))}
          </div>
        ))}
      </div>
    </div>
  );
}

interface IRunHeadProps {
  readonly run: RunView;
  readonly left: number;
  readonly longest: number;
  readonly now: number;
  readonly isChosen: boolean;
  readonly onRun: (id: string) => void;
}

function RunHead({ run, left, longest, now, isChosen, onRun }: IRunHeadProps): JSX.Element {
  const spent = seconds(run.started_at, run.ended_at, now);
  const sign = runSign(run.state);
  const told = `run ${run.id}, for ${zoned(run.logical_date)}: ${sign.word}${spent === null ? '' : `, ${duration(spent)}`}`;
  return (
    <div role="columnheader" className="jp-Flow-gridRun" style={{ left, width: CELL }}>
      <button type="button" data-tone={sign.tone} data-chosen={isChosen || undefined} aria-label={told} title={told} tabIndex={-1} onClick={() => onRun(run.id)}>
        <i style={{ height: Math.max(2, ((spent ?? 0) / longest) * BAR) }} />
        <Sign state={run.state} of="run" isMute />
      </button>
    </div>
  );
}

interface ICellProps {
  readonly run: string;
  readonly task: string;
  readonly field: GridField | null;
  readonly left: number;
  readonly at: string;
  readonly isHome: boolean;
  readonly isChosen: boolean;
  readonly onTask: (run: string, task: string) => void;
}

function Cell({ run, task, field, left, at, isHome, isChosen, onTask }: ICellProps): JSX.Element {
  const state = field?.state;
  const sign = field ? taskSign(field.state) : null;
  const told = [
    sign ? `${task} in run ${run}: ${sign.word}` : `${task} was no task of run ${run}`,
    field?.instances ? count(field.instances, 'instance') : '',
    field && field.attempts > Math.max(1, field.instances ?? 1) ? count(field.attempts, 'attempt') : ''
  ].filter(Boolean).join(', ');
  return (
    <div role="gridcell" className="jp-Flow-gridCell" aria-selected={isChosen} style={{ left, width: CELL }}>
      <button type="button" data-at={at} tabIndex={isHome ? 0 : -1} aria-label={told} title={told} data-tone={sign?.tone} data-state={state} onClick={() => onTask(run, task)}>
        {state ? <Sign state={state} isMute /> : <span className="jp-Flow-soft">·</span>}
      </button>
    </div>
  );
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}

/** Scrolls so far that a cell is drawn and can take the focus. */
function bringIntoSight(box: HTMLElement | null, row: number, column: number): void {
  if (!box) {
    return;
  }
  const x = column * CELL;
  const y = row * CELL;
  const across = box.clientWidth - NAMES;
  const down = box.clientHeight - HEAD;
  box.scrollLeft = clamp(box.scrollLeft, x + CELL - across, x);
  box.scrollTop = clamp(box.scrollTop, y + CELL - down, y);
}
