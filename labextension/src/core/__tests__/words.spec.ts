// @vitest-environment node
import { describe, expect, it } from 'vitest';

import { ago, count, duration, outcomeWord, overall, runSign, tally, taskSign } from '../words';
// Python's words are held to the same table by tests/unit/wire/test_schema.py.
import table from './words.json';

describe('words are those of Python', () => {
  it.each(table.durations as [number, string][])('%d seconds are %s', (span, word) => {
    expect(duration(span)).toBe(word);
  });

  it.each(table.agos as [number, string][])('%d seconds before now is %s', (span, word) => {
    expect(ago(5_000_000, 5_000_000 + span * 1000)).toBe(word);
  });

  it.each(table.overalls as [string[], string][])('%j are as a whole %s', (states, whole) => {
    expect(overall(states)).toBe(whole);
  });

  it.each(table.tallies as [Record<string, number>, string][])('%j is told as "%s"', (counts, words) => {
    expect(tally(counts)).toBe(words);
  });
});

it('a state has a symbol and a word as well as a tone', () => {
  expect(taskSign('upstream_failed')).toEqual({ symbol: '▲', word: 'upstream failed', tone: 'warn', is_final: true });
  expect(runSign('cancelling')).toEqual({ symbol: '■', word: 'cancelling', tone: 'warn', is_final: false });
});

it('a state of a newer server is shown by its own name', () => {
  expect(taskSign('half_done')).toEqual({ symbol: '?', word: 'half done', tone: 'quiet', is_final: false });
  expect(overall(['half_done'])).toBe('half_done');
});

it('there is nothing to say of an attempt that goes on, or of no time', () => {
  expect(outcomeWord(null)).toBe('');
  expect(outcomeWord('timed_out')).toBe('timed out');
  expect(duration(null)).toBe('');
});

it('one is one', () => {
  expect([count(1, 'task'), count(0, 'task')]).toEqual(['1 task', '0 tasks']);
});
