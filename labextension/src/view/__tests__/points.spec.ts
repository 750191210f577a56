// @vitest-environment node
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { at, attempt, NOON, page, run, taskRun } from '../../core/__tests__/samples';
import type { PastView } from '../../core/wire.gen';
import { comparisonOf } from '../comparing';
import { pointsOf, stretches } from '../points';

const now = Date.parse(NOON);

function past(id: string, ...taskRuns: PastView['task_runs']): PastView {
  return { run: run({ id }), task_runs: taskRuns };
}

describe('the points of a plot', () => {
  it('stand from the oldest run to the newest, with nothing where a run has no number', () => {
    const found = pointsOf([
      past('d', taskRun('train', 'succeeded', { values: { auc: 0.9 } })),
      past('c', taskRun('train', 'failed')),
      past('b'),
      past('a', taskRun('train', 'succeeded', { values: { auc: 'high' } }))
    ], { key: 'train', name: 'auc' }, now);

    expect(found.map(each => [each.run.id, each.value])).toEqual([['a', null], ['b', null], ['c', null], ['d', 0.9]]);
  });

  it('are of the instance that is meant', () => {
    const instances = [0, 1].map(index => taskRun('train', 'succeeded', { index, values: { auc: index + 0.5 } }));

    expect(pointsOf([past('a', ...instances)], { key: 'train[1]', name: 'auc' }, now)[0]?.value).toBe(1.5);
    expect(pointsOf([past('a', ...instances)], { key: 'train', name: 'auc' }, now)[0]?.value).toBeNull();
  });

  it('are times of the last attempt, or of all instances together', () => {
    const once = taskRun('load', 'succeeded', { attempts: [attempt(1, { ended_at: at(90) }), attempt(2, { started_at: at(100), ended_at: at(107) })] });
    const instances = [0, 1].map(index => taskRun('load', 'succeeded', { index, attempts: [attempt(1, { started_at: at(10 * index), ended_at: at(10 * index + 5) })] }));
    const found = pointsOf([past('b', once), past('a', ...instances)], { key: 'load', name: null }, now);

    expect(found.map(each => each.value)).toEqual([15, 7]);
  });

  it('are joined as far as there is no gap', () => {
    fc.assert(fc.property(fc.array(fc.option(fc.nat())), values => {
      const points = values.map(value => ({ run: run(), value }));
      const found = stretches(points);

      expect(found.flat()).toEqual(values.flatMap((value, place) => (value === null ? [] : [place])));
      found.forEach((places, which) => {
        expect(places.every((place, nth) => place === (places[0] ?? 0) + nth)).toBe(true);
        expect((found[which + 1]?.[0] ?? Infinity) - (places.at(-1) ?? 0)).toBeGreaterThan(1);
      });
    }));
  });
});

describe('a comparison', () => {
  const before = page([taskRun('load', 'succeeded', { values: { rows: 100, kind: 'csv' }, attempts: [attempt(1, { ended_at: at(10) })] })]);
  const after = page([taskRun('load', 'succeeded', { values: { rows: 97, kind: 'csv' }, attempts: [attempt(1, { ended_at: at(10.5) })] })]);
  const rows = comparisonOf([{ ...before, params: { n: 1 } }, { ...after, params: { n: 2, m: true } }], now);
  const row = (key: string) => rows.find(each => each.key === key);

  it('tells what differs, and by how much', () => {
    expect(rows.filter(each => each.differs).map(each => each.key)).toEqual(['n', 'm', 'load.rows']);
    expect(row('load.rows')?.change).toBe('−3 (−3 %)');
    expect(row('n')?.change).toBe('+1 (+100 %)');
    expect(row('m')?.change).toBe('');
  });

  it('does not say that a file differs because another run made it', () => {
    const made = (id: string, name: string) => {
      const given = page([taskRun('load', 'succeeded', { values: { table: `/runs/${id}/load/1/${name}` } })]);
      return { ...given, run: { ...given.run, id } };
    };
    const [same] = comparisonOf([made('r1', 'raw.csv'), made('r2', 'raw.csv')], now);
    const [other] = comparisonOf([made('r1', 'raw.csv'), made('r2', 'raw.parquet')], now);

    expect(same?.differs).toBe(false);
    expect(other?.differs).toBe(true);
  });

  it('does not say that times differ that are about the same', () => {
    expect(row('load')?.differs).toBe(false);
    expect(row('load')?.told).toEqual(['10 s', '11 s']);
  });

  it('knows what can be plotted over more runs', () => {
    expect(rows.map(each => [each.key, each.measure])).toEqual([
      ['n', null], ['m', null],
      ['load.rows', { key: 'load', name: 'rows' }], ['load.kind', null],
      ['load', { key: 'load', name: null }]
    ]);
  });
});
