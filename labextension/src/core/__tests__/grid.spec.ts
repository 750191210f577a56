// @vitest-environment node
import { expect, it } from 'vitest';

import { gridOf } from '../grid';
import type { GridColumn, GridField } from '../wire.gen';
import { run } from './samples';

function column(id: string, tasks: Record<string, string>): GridColumn {
  const fields = Object.entries(tasks).map(([task, state]): GridField => ({ task, state, instances: null, attempts: 1 }));
  return { run: run({ id }), tasks: fields };
}

it('a grid has a row for each task, in the order of the flow, and a column for each run', () => {
  const first = column('r1', { load: 'succeeded', report: 'pending', train: 'upstream_failed' });
  const second = column('r2', { load: 'restored', report: 'pending', train: 'failed' });

  const { columns, rows } = gridOf([first, second], ['load', 'train', 'report']);

  expect(columns).toEqual([first.run, second.run]);
  expect(rows.map(each => [each.task, ...each.fields.map(field => field?.state)])).toEqual([
    ['load', 'succeeded', 'restored'],
    ['train', 'upstream_failed', 'failed'],
    ['report', 'pending', 'pending']
  ]);
});

it('a task that the flow had once stands last, and is empty where it is not', () => {
  const { rows } = gridOf([column('r0', { legacy: 'succeeded' }), column('r1', { load: 'failed' })], ['load']);

  expect(rows.map(each => [each.task, ...each.fields.map(field => field?.state ?? null)])).toEqual([
    ['load', null, 'failed'],
    ['legacy', 'succeeded', null]
  ]);
});
