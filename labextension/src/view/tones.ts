/** Which tone a state has, and its colour as a style sheet's variable. */
import { runSign, taskSign } from '../core/words';
import type { Tone } from '../core/words';

export const TONE_COLOURS: Readonly<Record<Tone, string>> = {
  quiet: 'var(--jp-flow-quiet)',
  active: 'var(--jp-flow-active)',
  good: 'var(--jp-flow-good)',
  warn: 'var(--jp-flow-warn)',
  bad: 'var(--jp-flow-bad)'
};

export function toneOf(state: string): Tone {
  return taskSign(state).tone;
}

export function runToneOf(state: string): Tone {
  return runSign(state).tone;
}
