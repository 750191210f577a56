// @vitest-environment node
import { expect, it } from 'vitest';

import { gridOf } from '../grid';
import { attempt, flow, page, run, task, taskRun } from './samples';

it('a grid has a row for each task and a column for each run', () => {
  const first = page([taskRun('load', 'succeeded', { attempts: [attempt(1), attempt(2)] }), taskRun('train', 'upstream_failed'), taskRun('report')]);
  const second = page([taskRun('load', 'restored'), taskRun('train', 'failed', { index: 0 }), taskRun('train', 'succeeded', { index: 1 }), taskRun('report')]);

  const { columns, rows } = gridOf([first, second]);

  expect(columns).toEqual([first.run, second.run]);
  expect(rows.map(each => [each.task, ...each.fields.map(field => field?.state)])).toEqual([
    ['load', 'succeeded', 'restored'],
    ['train', 'upstream_failed', 'failed'],
    ['report', 'pending', 'pending']
  ]);
  expect(rows[0]?.fields[0]).toEqual({ state: 'succeeded', instances: null, attempts: 2 });
  expect(rows[1]?.fields[1]?.instances).toBe(2);
});

it('a task that the flow had once stands last, and is empty where it is not', () => {
  const old = { ...page([taskRun('legacy', 'succeeded')]), flow: flow([task('legacy')]), run: run({ id: 'r0' }) };

  const { rows } = gridOf([old, page()]);

  expect(rows.map(each => each.task)).toEqual(['load', 'train', 'report', 'legacy']);
  expect(rows[3]?.fields).toEqual([{ state: 'succeeded', instances: null, attempts: 0 }, null]);
});

it('a run that did not change keeps its fields', () => {
  const same = page();

  expect(gridOf([same]).rows[0]?.fields[0]).toBe(gridOf([same]).rows[0]?.fields[0]);
});
