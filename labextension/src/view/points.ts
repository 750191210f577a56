/** A number of a task in run after run: the points of a plot. Pure. */
import { readKey } from '../core/run';
import type { PastView, RunView } from '../core/wire.gen';
import { elapsed, spanOf } from './faces';

/** What is plotted: a value of a task (`train`) or an instance (`train[2]`); without a name its time. */
export interface IMeasure {
  readonly key: string;
  readonly name: string | null;
}

export interface IPoint {
  readonly run: RunView;
  /** Null where that run has none. */
  readonly value: number | null;
}

/** The points of `measure` at `now`, the oldest run first. */
export function pointsOf(past: readonly PastView[], measure: IMeasure, now: number): IPoint[] {
  return [...past].reverse().map(each => ({ run: each.run, value: numberIn(each, measure, now) }));
}

/** How a measure is called. */
export function titleOf({ key, name }: IMeasure): string {
  return name === null ? `${key}: time` : `${key}.${name}`;
}

export function isSameMeasure(left: IMeasure | null, right: IMeasure | null): boolean {
  return left?.key === right?.key && left?.name === right?.name;
}

function numberIn({ task_runs }: PastView, { key, name }: IMeasure, now: number): number | null {
  const { index } = readKey(key);
  const runs = index === null ? task_runs : task_runs.filter(each => each.index === index);
  if (name === null) {
    return elapsed(spanOf(runs, runs.some(each => each.index !== null)), now);
  }
  // A value of a mapped task as a whole is a list: that is no number.
  const value = runs.length === 1 ? runs[0]?.values[name] : undefined;
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

/** The places of the points that have a number, each stretch without a gap by itself. */
export function stretches(points: readonly IPoint[]): (readonly number[])[] {
  const found: number[][] = [];
  points.forEach(({ value }, at) => {
    if (value !== null) {
      const last = found.at(-1);
      if (last?.at(-1) === at - 1) {
        last.push(at);
      } else {
        found.push([at]);
      }
    }
  });
  return found;
}
