// @vitest-environment node
import fc from 'fast-check';
import { expect, it } from 'vitest';

import { firstStart, reduceRuns } from '../runs';
import type { RunView } from '../wire.gen';
import { at, attempt, page, run, taskRun } from './samples';

const told = (...runs: RunView[]) => ({ kind: 'runs_event' as const, runs });

it('runs are listed newest first, each once, as they were told last', () => {
  const [old, young] = [run({ id: 'a', created_at: at(1) }), run({ id: 'b', created_at: at(2) })];
  const ended = { ...old, state: 'succeeded' };

  const runs = reduceRuns(reduceRuns([], told(young, old)), told(ended));

  expect(runs).toEqual([young, ended]);
  expect(runs[0]).toBe(young);
});

it('the order in which runs are told does not matter, and no list grows without end', () => {
  const many = fc.uniqueArray(fc.nat(50), { maxLength: 20 }).map(ids => ids.map(id => run({ id: `r${id}`, created_at: at(id % 7) })));
  fc.assert(
    fc.property(many, runs => {
      const forwards = reduceRuns([], told(...runs), 5);
      const backwards = reduceRuns([], told(...[...runs].reverse()), 5);
      expect(forwards).toEqual(backwards);
      expect(forwards.length).toBeLessThanOrEqual(5);
    })
  );
});

it('no news changes nothing', () => {
  const runs = [run()];

  expect(reduceRuns(runs, told())).toBe(runs);
});

it('a run that was repaired began with its first attempt, not with what it restored of another run', () => {
  const tried = [attempt(1, { started_at: at(5) }), attempt(2, { started_at: at(90) })];
  const restored = taskRun('load', 'restored', { attempts: [attempt(1, { started_at: at(-500) })] });
  const repaired = { ...page([restored, taskRun('train', 'running', { attempts: tried })]), run: run({ started_at: at(80) }) };

  expect(firstStart(repaired)).toBe(at(5));
  expect(firstStart({ ...repaired, task_runs: [restored] })).toBe(at(80));
  expect(firstStart({ ...repaired, run: run({ started_at: null }) })).toBeNull();
});
