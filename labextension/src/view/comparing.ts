/** What runs have in common and what differs: parameters, values and times, a row each. Pure. */
import { keyOf } from '../core/run';
import type { RunPage } from '../core/wire.gen';
import { duration } from '../core/words';
import { elapsed, facesOf } from './faces';
import { brief } from './numbers';
import type { IMeasure } from './points';

export interface IComparedRow {
  readonly group: 'Parameters' | 'Values' | 'Times';
  readonly key: string;
  /** One for each run; undefined where a run has none. */
  readonly values: readonly unknown[];
  /** The same in words, for times. */
  readonly told: readonly string[];
  readonly differs: boolean;
  /** From the first run to the last, where both have a number and it is another. */
  readonly change: string;
  /** What a plot of it is over more runs; null where there is nothing to plot. */
  readonly measure: IMeasure | null;
}

interface ICell {
  readonly value: unknown;
  /** The value as it is compared: files of the run itself are not others because another run made them. */
  readonly text: string;
  readonly measure: IMeasure | null;
}

type Column = Readonly<Record<string, ICell>>;

/** Times that differ by less than this part, or these seconds, are not said to differ. */
const PART = 0.2;
const SECONDS = 1;

export function comparisonOf(pages: readonly RunPage[], now: number): readonly IComparedRow[] {
  return [
    ...rowsOf('Parameters', pages.map(paramsOf)),
    ...rowsOf('Values', pages.map(valuesOf)),
    ...rowsOf('Times', pages.map(page => timesOf(page, now)))
  ];
}

function rowsOf(group: IComparedRow['group'], columns: readonly Column[]): IComparedRow[] {
  const keys = [...new Set(columns.flatMap(column => Object.keys(column)))];
  return keys.map(key => rowOf(group, key, columns.map(column => column[key])));
}

function rowOf(group: IComparedRow['group'], key: string, cells: readonly (ICell | undefined)[]): IComparedRow {
  const values = cells.map(each => each?.value);
  const numbers = values.filter(each => typeof each === 'number');
  const isTime = group === 'Times';
  return {
    group,
    key,
    values,
    told: values.map(each => (isTime && typeof each === 'number' ? duration(each) : '')),
    differs: isTime ? isFar(numbers) : isUnlike(cells),
    change: numbers.length === values.length ? changeOf(numbers, isTime ? duration : brief) : '',
    measure: numbers.length ? (cells.find(each => each?.measure)?.measure ?? null) : null
  };
}

/** `+0.02 (+3 %)`; nothing where nothing changed. */
function changeOf(numbers: readonly number[], told: (size: number) => string): string {
  const [first = 0, last = 0] = [numbers[0], numbers.at(-1)];
  const size = Math.abs(last - first);
  if (size === 0 || !Number.isFinite(size)) {
    return '';
  }
  const sign = last > first ? '+' : '−';
  const part = Math.round((100 * size) / Math.abs(first));
  return `${sign}${told(Number(size.toPrecision(4)))}` + (first !== 0 && part >= 1 && part < 1000 ? ` (${sign}${part} %)` : '');
}

function isUnlike(cells: readonly (ICell | undefined)[]): boolean {
  return cells.some(each => each?.text !== cells[0]?.text);
}

function cellOf(page: RunPage, value: unknown, measure: IMeasure | null = null): ICell {
  return { value, text: (JSON.stringify(value) ?? '').replaceAll(page.run.id, 'RUN'), measure };
}

function isFar(times: readonly number[]): boolean {
  const [least, most] = [Math.min(...times), Math.max(...times)];
  return times.length > 1 && most - least > Math.max(SECONDS, PART * most);
}

function paramsOf(page: RunPage): Column {
  return Object.fromEntries(Object.entries(page.params).map(([name, value]) => [name, cellOf(page, value)]));
}

function valuesOf(page: RunPage): Column {
  return Object.fromEntries(page.task_runs.flatMap(run => {
    const key = keyOf(run.task, run.index);
    return Object.entries(run.values).map(([name, value]) => [`${key}.${name}`, cellOf(page, value, { key, name })]);
  }));
}

function timesOf(page: RunPage, now: number): Column {
  return Object.fromEntries([...facesOf(page)].flatMap(([key, face]) => {
    const value = elapsed(face, now);
    return value === null ? [] : [[key, cellOf(page, value, { key, name: null })]];
  }));
}
