/**
 * The words and signs of states, durations and counts: those of `jupyter_flow/core/words.py`.
 *
 * A state that this front end does not know yet (the server is newer) is shown by its own name.
 */
import { OUTCOME_WORDS, RUN_SIGNS, TASK_SIGNS, TELLING } from './words.gen';
import type { Sign, TaskState } from './words.gen';

export type { RunState, Sign, TaskState, Tone } from './words.gen';

const TASKS: Readonly<Record<string, Sign>> = TASK_SIGNS;
const RUNS: Readonly<Record<string, Sign>> = RUN_SIGNS;
const OUTCOMES: Readonly<Record<string, string>> = OUTCOME_WORDS;
const ALL_TASK_STATES = Object.keys(TASK_SIGNS) as TaskState[];

/** How the state of a task is shown. */
export function taskSign(state: string): Sign {
  return TASKS[state] ?? unknown(state);
}

/** How the state of a run is shown. */
export function runSign(state: string): Sign {
  return RUNS[state] ?? unknown(state);
}

/** How an attempt ended, in words; nothing while it goes on. */
export function outcomeWord(outcome: string | null): string {
  return outcome === null ? '' : (OUTCOMES[outcome] ?? spaced(outcome));
}

/** One state for the instances of a mapped task; `skipped` when there are none. */
export function overall(states: Iterable<string>): string {
  const seen = new Set(states);
  const isPartly = [...seen].some(each => taskSign(each).is_final);
  if (isPartly && (seen.has('queued') || seen.has('pending') || seen.has('waiting'))) {
    return 'running';
  }
  return TELLING.find(each => seen.has(each)) ?? [...seen][0] ?? 'skipped';
}

const UNITS: readonly [number, string, number, string][] = [
  [86_400, 'd', 3_600, 'h'],
  [3_600, 'h', 60, 'min'],
  [60, 'min', 1, 's']
];

/** A length of time in seconds as people say it: `0.4 s`, `12 s`, `3 min 20 s`, `1 h 5 min`. */
export function duration(span: number | null): string {
  if (span === null) {
    return '';
  }
  const seconds = Math.max(0, span);
  if (seconds < 9.95) {
    return `${seconds.toFixed(1)} s`;
  }
  const whole = Math.round(seconds);
  for (const [size, unit, smaller, smallUnit] of UNITS) {
    if (whole >= size) {
      const rest = Math.floor((whole % size) / smaller);
      return `${Math.floor(whole / size)} ${unit}` + (rest ? ` ${rest} ${smallUnit}` : '');
    }
  }
  return `${whole} s`;
}

/** How long ago `moment` was at `now` (milliseconds), coarsely: `just now`, `5 min ago`, `3 d ago`. */
export function ago(moment: number, now: number): string {
  const seconds = (now - moment) / 1000;
  const fitting = UNITS.find(([size]) => seconds >= size);
  return fitting ? `${Math.floor(seconds / fitting[0])} ${fitting[1]} ago` : 'just now';
}

/** `1 task`, `2 tasks`. */
export function count(number: number, noun: string): string {
  return number === 1 ? `1 ${noun}` : `${number} ${noun}s`;
}

const WRONG: readonly TaskState[] = ['failed', 'upstream_failed', 'cancelled'];
const LIVE = ALL_TASK_STATES.filter(each => !TASK_SIGNS[each].is_final);
const REST = ALL_TASK_STATES.filter(each => !WRONG.includes(each) && !LIVE.includes(each));

/** The states in the order in which people want to hear of them: what went wrong comes first. */
export const TALLY_ORDER: readonly TaskState[] = [...WRONG, ...LIVE, ...REST];

/** How many of each, what went wrong first: `1 failed, 3 succeeded`. */
export function tally(counts: Readonly<Record<string, number>>): string {
  return TALLY_ORDER.filter(each => counts[each])
    .map(each => `${counts[each]} ${taskSign(each).word}`)
    .join(', ');
}

/** The states of runs in the order of their life: that of the table of words. */
export const RUN_ORDER: readonly string[] = Object.keys(RUN_SIGNS);

function unknown(state: string): Sign {
  return { symbol: '?', word: spaced(state), tone: 'quiet', is_final: false };
}

function spaced(word: string): string {
  return word.replaceAll('_', ' ');
}
