// @vitest-environment node
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { ticks, timelineOf } from '../timeline';
import { at, attempt, page, taskRun } from './samples';

const ms = (seconds: number) => Date.parse(at(seconds));

describe('a timeline', () => {
  it('shows each try, the pause before the next one, and how long a free task waited', () => {
    const { rows, start, end } = timelineOf(
      page([
        taskRun('load', 'succeeded', {
          attempts: [attempt(1, { started_at: at(0), ended_at: at(10), outcome: 'failed' }), attempt(2, { started_at: at(15), ended_at: at(20), outcome: 'succeeded' })]
        }),
        taskRun('train', 'running', { attempts: [attempt(1, { started_at: at(24), cell: 3, cells: 9 })] }),
        taskRun('report')
      ]),
      ms(60)
    );

    expect([start, end]).toEqual([ms(0), ms(60)]);
    expect(rows[0]?.bars).toEqual([
      { kind: 'ended', start: ms(0), end: ms(10), attempt: 1, outcome: 'failed' },
      { kind: 'pausing', start: ms(10), end: ms(15), attempt: 0, outcome: null },
      { kind: 'ended', start: ms(15), end: ms(20), attempt: 2, outcome: 'succeeded' }
    ]);
    expect(rows[1]?.bars).toEqual([
      { kind: 'waiting', start: ms(20), end: ms(24), attempt: 0, outcome: null },
      { kind: 'running', start: ms(24), end: ms(60), attempt: 1, outcome: null }
    ]);
    expect(rows[2]?.bars).toEqual([]);
  });

  it('tells an attempt that has not come to a cell yet', () => {
    const { rows } = timelineOf(page([taskRun('load', 'running', { attempts: [attempt(1, { started_at: at(1) })] })]), ms(2));

    expect(rows[0]?.bars.map(each => each.kind)).toEqual(['waiting', 'starting']);
  });

  it.each([['queued', 'waiting'], ['retrying', 'pausing']])('goes on while a task is %s', (state, kind) => {
    const attempts = state === 'retrying' ? [attempt(1, { started_at: at(0), ended_at: at(3), outcome: 'failed' })] : [];
    const { rows } = timelineOf(page([taskRun('load', state, { attempts })]), ms(9));

    expect(rows[0]?.bars.at(-1)).toMatchObject({ kind, end: ms(9) });
  });

  it('says nothing of waiting where what a task needs is not over', () => {
    const { rows } = timelineOf(page([taskRun('load', 'running', { attempts: [attempt(1)] }), taskRun('train', 'queued')]), ms(9));

    expect(rows[1]?.bars).toEqual([]);
  });

  it('of a run that ended stands still', () => {
    const before = page([taskRun('load', 'succeeded', { attempts: [attempt(1, { started_at: at(0), ended_at: at(5), outcome: 'succeeded' })] })]);
    const ended = { ...before, run: { ...before.run, state: 'succeeded', ended_at: at(6) } };

    expect(timelineOf(ended, ms(100))).toEqual(timelineOf(ended, ms(200)));
    expect(timelineOf(ended, ms(100)).end).toBe(ms(6));
  });
});

it('marks are about as many as wanted, evenly apart, from 0 to the end', () => {
  expect(ticks(60, 6)).toEqual([0, 10, 20, 30, 40, 50, 60]);
  expect(ticks(0.5, 5)).toEqual([0, 0.1, 0.2, 0.3, 0.4, 0.5]);
  fc.assert(
    fc.property(fc.double({ min: 0.01, max: 1e8, noNaN: true }), fc.integer({ min: 2, max: 12 }), (span, wanted) => {
      const marks = ticks(span, wanted);
      expect(marks.length).toBeLessThanOrEqual(wanted + 1);
      expect(marks.at(-1)).toBeLessThanOrEqual(span + 0.05);
    })
  );
});
