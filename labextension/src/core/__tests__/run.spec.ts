// @vitest-environment node
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { countsOf, keyOf, needsReload, readKey, reduce } from '../run';
import type { RunEvent, RunPage } from '../wire.gen';
import { at, attempt, event, move, page, taskRun } from './samples';

const names = fc.constantFrom('load', 'train', 'report');
const states = fc.constantFrom('queued', 'running', 'retrying', 'succeeded', 'failed', 'cancelled');
const indexes = fc.option(fc.nat({ max: 3 }), { nil: null });

const moves = fc.oneof(
  fc.record({ task: names, index: indexes, state: states, attempt: fc.nat(3), reason: fc.constantFrom('', 'no'), due_at: fc.constant(null) }),
  fc.record({
    task: fc.constant(null), index: fc.constant(null), state: fc.constantFrom('running', 'failed', 'succeeded'),
    attempt: fc.constant(0), reason: fc.constant(''), due_at: fc.constant(null)
  })
);
const changes = fc.record({ task: names, index: indexes, attempt: fc.tuple(fc.integer({ min: 1, max: 4 }), fc.nat(20)).map(([n, cell]) => attempt(n, { cell })) });
const journals: fc.Arbitrary<RunEvent[]> = fc
  .array(fc.tuple(fc.array(moves, { maxLength: 4 }), fc.option(changes), fc.option(fc.dictionary(fc.constant('auc'), fc.nat()))))
  .map(entries => entries.map(([moved, change, values], place) => event(11 + place, { moves: moved, attempt: change, values })));

const fold = (start: RunPage, events: readonly RunEvent[]) => events.reduce(reduce, start);

describe('a page', () => {
  it('knows what was restored, and from where', () => {
    const origin = { run: 'r0', task: 'load', index: null, number: 2 };
    const restored = { task: 'load', index: null, origin, values: { rows: 6 } };
    const after = reduce(page(), event(11, { moves: [move('load', 'restored')], restored }));

    expect(after.task_runs.find(each => each.task === 'load')).toMatchObject({ state: 'restored', origin, values: { rows: 6 }, attempts: [] });
  });

  it('is the same whether it was asked for before or after some of the events', () => {
    fc.assert(
      fc.property(journals, fc.nat(), (journal, cut) => {
        const middle = cut % (journal.length + 1);
        const later = fold(page(), journal.slice(0, middle));
        expect(fold(later, journal)).toEqual(fold(page(), journal));
      })
    );
  });

  it('is not changed by events that come twice or late', () => {
    fc.assert(
      fc.property(journals, journal => {
        const once = fold(page(), journal);
        expect(fold(once, [...journal].reverse())).toBe(once);
      })
    );
  });

  it('counts its task runs by state, and has a task whole or as instances, never both', () => {
    fc.assert(
      fc.property(journals, journal => {
        const after = fold(page(), journal);
        expect(after.run.tasks).toEqual(countsOf(after.task_runs));
        const keys = after.task_runs.map(each => keyOf(each.task, each.index));
        expect(new Set(keys).size).toBe(keys.length);
        for (const name of ['load', 'train', 'report']) {
          const kinds = new Set(after.task_runs.filter(each => each.task === name).map(each => each.index === null));
          expect(kinds.size).toBe(1);
        }
      })
    );
  });

  it('does not change the page that it was made from', () => {
    fc.assert(
      fc.property(journals, journal => {
        const before = page();
        const copy = structuredClone(before);
        fold(before, journal);
        expect(before).toEqual(copy);
      })
    );
  });

  it('keeps what an event does not touch', () => {
    const before = page();
    const after = reduce(before, event(11, { moves: [move('load', 'queued')] }));

    expect(after.flow).toBe(before.flow);
    expect(after.params).toBe(before.params);
    expect(after.task_runs[1]).toBe(before.task_runs[1]);
    expect(after.task_runs[0]).toEqual(taskRun('load', 'queued'));
  });

  it('keeps all task runs and the run when an event says nothing new', () => {
    const before = page();
    const after = reduce(before, event(11, { moves: [move('load', 'pending')] }));

    expect(after.seq).toBe(11);
    expect(after.task_runs).toBe(before.task_runs);
    expect(after.run).toBe(before.run);
  });

  it('hears nothing of another run', () => {
    const before = page();

    expect(reduce(before, event(11, { run: 'r2', moves: [move('load', 'queued')] }))).toBe(before);
  });
});

describe('a mapped task', () => {
  it('becomes its instances, in the order of their indexes and in its own place', () => {
    const after = reduce(page(), event(11, { moves: [move('train', 'queued', { index: 1 }), move('train', 'pending', { index: 0 })] }));

    expect(after.task_runs.map(each => keyOf(each.task, each.index))).toEqual(['load', 'train[0]', 'train[1]', 'report']);
    expect(after.run.tasks).toEqual({ pending: 3, queued: 1 });
  });

  it('stays its instances when something is said of the whole', () => {
    const before = page([taskRun('load'), taskRun('train', 'queued', { index: 0 })]);

    expect(reduce(before, event(11, { moves: [move('train', 'removed')] })).task_runs).toBe(before.task_runs);
  });
});

describe('an attempt', () => {
  it('is added, then replaced by what is known of it later', () => {
    const begun = reduce(page(), event(11, { attempt: { task: 'load', index: null, attempt: attempt(1) } }));
    const ended = reduce(begun, event(12, {
      attempt: { task: 'load', index: null, attempt: attempt(1, { ended_at: at(5), outcome: 'succeeded' }) }, values: { rows: 7 }
    }));

    expect(begun.task_runs[0]?.attempts).toEqual([attempt(1)]);
    expect(ended.task_runs[0]?.attempts).toEqual([attempt(1, { ended_at: at(5), outcome: 'succeeded' })]);
    expect(ended.task_runs[0]?.values).toEqual({ rows: 7 });
  });

  it('stands in the order of the numbers, and leaves the values alone when it says nothing of them', () => {
    const before = page([taskRun('load', 'running', { attempts: [attempt(2)], values: { rows: 7 } })]);
    const after = reduce(before, event(11, { attempt: { task: 'load', index: null, attempt: attempt(1) } }));

    expect(after.task_runs[0]?.attempts.map(each => each.number)).toEqual([1, 2]);
    expect(after.task_runs[0]?.values).toEqual({ rows: 7 });
  });
});

describe('the run itself', () => {
  it('ends with its last move, and goes on when it is repaired', () => {
    const ended = reduce(page(), event(11, { moves: [move(null, 'failed', { reason: "'load' failed" })] }));
    const again = reduce(ended, event(12, { moves: [move(null, 'running')] }));

    expect(ended.run).toMatchObject({ state: 'failed', reason: "'load' failed", ended_at: at(11) });
    expect(again.run).toMatchObject({ state: 'running', reason: '', ended_at: null, started_at: page().run.started_at });
  });

  it('begins when it first runs', () => {
    const before = page();
    const queued = { ...before, run: { ...before.run, state: 'queued', started_at: null } };

    expect(reduce(queued, event(11, { moves: [move(null, 'running')] })).run.started_at).toBe(at(11));
  });
});

it('an event that tells too little says that the page has to be asked for again', () => {
  expect(needsReload(event(11, { reload: true }))).toBe(true);
  expect(needsReload(event(11))).toBe(false);
});

it('the key of a task run can be read back', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[a-z_]\w*$/), indexes, (name, index) => {
      expect(readKey(keyOf(name, index))).toEqual({ task: name, index });
    })
  );
});
