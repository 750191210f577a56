// @vitest-environment node
import { describe, expect, it } from 'vitest';

import { attemptEnd, attemptTook, cells, isLive, matchesRun, matchesTask, runProgress, runTook } from '../select';
import { at, attempt, NOON, run, task, taskRun } from './samples';

describe('a task run', () => {
  it.each([
    ['running', 7, 20, 'cell 7/20'],
    ['failed', 3, 9, 'cell 3/9'],
    ['succeeded', 20, 20, '20 cells'],
    ['succeeded', 1, 1, '1 cell'],
    ['running', 0, 0, 'starting'],
    ['failed', 0, 0, ''],
    ['pending', 2, 9, '']
  ])('that is %s at %d of %d says "%s"', (state, cell, all, words) => {
    expect(cells(taskRun('load', state, { attempts: [attempt(1, { cell, cells: all })] }))).toBe(words);
  });

  it('that was never tried says nothing', () => {
    expect(cells(taskRun('load', 'queued'))).toBe('');
  });
});

it('an attempt says how it ended, and how long it took', () => {
  const failure = { cause: 'raised', name: 'ValueError', message: 'no such column\nsee above', traceback: '', cell: 3, cell_id: null, line: 1, source: '' };
  const failed = attempt(1, { outcome: 'failed', failure, started_at: NOON, ended_at: at(75) });

  expect(attemptEnd(failed)).toBe('failed: ValueError: no such column');
  expect(attemptEnd(attempt(1))).toBe('');
  expect(attemptTook(failed, 0)).toBe('1 min 15 s');
});

it('a run says how far it is and how long it has been going on', () => {
  const going = run({ tasks: { succeeded: 2, skipped: 1, running: 3 } });

  expect(runProgress(going)).toEqual({ over: 3, all: 6 });
  expect(runTook(going, Date.parse(at(12)))).toBe('12 s');
  expect([isLive(going), isLive(run({ state: 'failed' }))]).toEqual([true, false]);
});

it.each([
  ['', true], ['  ', true], ['churn', true], ['CHU runn', true], ['nightly', true], ['churn failed', false], ['2026-01-31', true]
])('a search for "%s" finds the run: %s', (query, found) => {
  expect(matchesRun(run({ schedule: 'nightly' }), query)).toBe(found);
});

it.each([['lo', true], ['load.ipynb', true], ['upstream', true], ['sql', false]])('a search for "%s" finds the task: %s', (query, found) => {
  expect(matchesTask(task('load'), 'upstream_failed', query)).toBe(found);
});
