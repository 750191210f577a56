/** What runs have in common and what differs: parameters, values and times, a row each. Pure. */
import { keyOf } from '../core/run';
import type { RunPage } from '../core/wire.gen';
import { duration } from '../core/words';
import { elapsed, facesOf } from './faces';

export interface IComparedRow {
  readonly group: 'Parameters' | 'Values' | 'Times';
  readonly key: string;
  /** One for each run; undefined where a run has none. */
  readonly values: readonly unknown[];
  /** The same in words, for times. */
  readonly told: readonly string[];
  readonly differs: boolean;
  readonly isNumeric: boolean;
}

/** Times that differ by less than this part, or these seconds, are not said to differ. */
const PART = 0.2;
const SECONDS = 1;

export function comparisonOf(pages: readonly RunPage[], now: number): readonly IComparedRow[] {
  return [
    ...rowsOf('Parameters', pages.map(page => page.params)),
    ...rowsOf('Values', pages.map(valuesOf)),
    ...rowsOf('Times', pages.map(page => timesOf(page, now)))
  ];
}

function rowsOf(group: IComparedRow['group'], columns: readonly Readonly<Record<string, unknown>>[]): IComparedRow[] {
  const keys = [...new Set(columns.flatMap(column => Object.keys(column)))];
  return keys.map(key => {
    const values = columns.map(column => column[key]);
    const numbers = values.filter(each => typeof each === 'number');
    const told = values.map(each => (group === 'Times' && typeof each === 'number' ? duration(each) : ''));
    return { group, key, values, told, differs: group === 'Times' ? isFar(numbers) : isUnlike(values), isNumeric: numbers.length > 1 };
  });
}

function isUnlike(values: readonly unknown[]): boolean {
  const first = JSON.stringify(values[0]);
  return values.some(each => JSON.stringify(each) !== first);
}

function isFar(times: readonly number[]): boolean {
  const [least, most] = [Math.min(...times), Math.max(...times)];
  return times.length > 1 && most - least > Math.max(SECONDS, PART * most);
}

function valuesOf(page: RunPage): Record<string, unknown> {
  return Object.fromEntries(page.task_runs.flatMap(run =>
    Object.entries(run.values).map(([name, value]) => [`${keyOf(run.task, run.index)}.${name}`, value])
  ));
}

function timesOf(page: RunPage, now: number): Record<string, unknown> {
  const spent = [...facesOf(page)].map(([name, face]) => [name, elapsed(face, now)] as const);
  return Object.fromEntries(spent.filter(([, each]) => each !== null));
}
