// @vitest-environment node
import fc from 'fast-check';
import { expect, it } from 'vitest';

import { reduceRuns } from '../runs';
import type { RunView } from '../wire.gen';
import { at, run } from './samples';

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
