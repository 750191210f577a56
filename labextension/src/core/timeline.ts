/** When each task ran, as bars on an axis of time. Pure: `now` (milliseconds) is an argument. */
import { keyOf } from './run';
import { parseTime } from './time';
import type { AttemptView, RunPage, TaskRunView } from './wire.gen';

/** `waiting`: could run, had no slot. `starting`: no cell yet. `pausing`: until the next try. */
export type BarKind = 'waiting' | 'starting' | 'running' | 'pausing' | 'ended';

export interface IBar {
  readonly kind: BarKind;
  readonly start: number;
  readonly end: number;
  /** The number of the attempt; 0 for what is none. */
  readonly attempt: number;
  /** How the attempt ended; null while it goes on, and for what is none. */
  readonly outcome: string | null;
  /** Of how many attempts it tells, when of more than one. */
  readonly many?: number;
}

export interface ITimelineRow {
  readonly key: string;
  readonly task: string;
  readonly index: number | null;
  readonly state: string;
  readonly bars: readonly IBar[];
}

export interface ITimeline {
  readonly start: number;
  readonly end: number;
  readonly rows: readonly ITimelineRow[];
}

/** The rows of a run in its order; the axis is as long as the run, until `now` while it goes on. */
export function timelineOf(page: RunPage, now: number): ITimeline {
  const ends = endsOf(page.task_runs);
  const begun = parseTime(page.run.started_at);
  const upstream = new Map(page.flow.tasks.map(each => [each.name, each.upstream]));
  const rows = page.task_runs.map(each => {
    const free = begun === null ? null : freeAt(upstream.get(each.task) ?? [], ends, begun);
    const bars = barsOf(each, free, now);
    return { key: keyOf(each.task, each.index), task: each.task, index: each.index, state: each.state, bars };
  });
  const bars = rows.flatMap(each => each.bars);
  const start = bars.reduce((least, each) => Math.min(least, each.start), begun ?? now);
  const over = parseTime(page.run.ended_at) ?? now;
  return { rows, start, end: bars.reduce((most, each) => Math.max(most, each.end), Math.max(start, over)) };
}

/** When each task was over, all instances of it; null while it is not, or never ran. */
function endsOf(taskRuns: readonly TaskRunView[]): ReadonlyMap<string, number | null> {
  const ends = new Map<string, number | null>();
  for (const { task, attempts } of taskRuns) {
    const end = parseTime(attempts.at(-1)?.ended_at);
    const before = ends.get(task);
    ends.set(task, before === undefined ? end : before === null || end === null ? null : Math.max(before, end));
  }
  return ends;
}

/** When the last thing that a task needs was over; null when that cannot be told. */
function freeAt(upstream: readonly string[], ends: ReadonlyMap<string, number | null>, begun: number): number | null {
  let free = begun;
  for (const each of upstream) {
    const end = ends.get(each);
    if (end === null || end === undefined) {
      return null;
    }
    free = Math.max(free, end);
  }
  return free;
}

function barsOf(taskRun: TaskRunView, free: number | null, now: number): IBar[] {
  const bars: IBar[] = [];
  let last = free;
  for (const attempt of taskRun.attempts) {
    const bar = barOf(attempt, now);
    if (last !== null && bar.start > last) {
      bars.push(gap(bars.length ? 'pausing' : 'waiting', last, bar.start));
    }
    bars.push(bar);
    last = bar.end;
  }
  if (last !== null && last < now && taskRun.state === 'retrying') {
    bars.push(gap('pausing', last, now));
  }
  if (last !== null && last < now && taskRun.state === 'queued') {
    bars.push(gap('waiting', last, now));
  }
  return bars;
}

function barOf(attempt: AttemptView, now: number): IBar {
  const start = parseTime(attempt.started_at) ?? now;
  const end = parseTime(attempt.ended_at);
  const kind = end !== null ? 'ended' : attempt.cell > 0 ? 'running' : 'starting';
  return { kind, start, end: Math.max(start, end ?? now), attempt: attempt.number, outcome: attempt.outcome };
}

function gap(kind: BarKind, start: number, end: number): IBar {
  return { kind, start, end, attempt: 0, outcome: null };
}

/** Steps that read well, in seconds. */
const STEPS = [
  0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800,
  3600, 7200, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800
];

/** Where to draw marks on an axis that is `span` seconds long: about `wanted` of them, from 0. */
export function ticks(span: number, wanted: number): number[] {
  const step = STEPS.find(each => span / each <= wanted) ?? Math.ceil(span / wanted / 604_800) * 604_800;
  const marks = [];
  for (let at = 0; at * step <= span; at++) {
    marks.push(Number((at * step).toFixed(1)));
  }
  return marks;
}
