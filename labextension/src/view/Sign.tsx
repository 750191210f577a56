/**
 * The sign of a state: a shape of its own for each, so that no meaning hangs on colour alone.
 * The same shapes as in the pictures of notebooks (`jupyter_flow/core/pictures/signs.py`).
 */
import { memo } from 'react';

import { runSign, taskSign } from '../core/words';

const RING = <circle className="ring" r="6.3" />;
const DISC = <circle className="full" r="7" />;
const CHECK = 'M-3.2 .2L-1 2.6L3.4 -2.4';
const SQUARE = <rect className="full" x="-6" y="-6" width="12" height="12" rx="1.5" />;

const SHAPES: Readonly<Record<string, JSX.Element>> = {
  pending: RING,
  waiting: <>{RING}<path className="stroke" d="M0 -3.5V0L2.6 1.6" /></>,
  queued: <>{RING}<circle className="full" r="2" /></>,
  running: <>{RING}<path className="full" d="M-2 -3.4L3.6 0L-2 3.4Z" /></>,
  retrying: <path className="stroke" d="M5 -3.2A6 6 0 1 0 6 1.2M5.6 -6.6V-2.8H1.8" />,
  succeeded: <>{DISC}<path className="cut" d={CHECK} /></>,
  restored: <>{RING}<path className="stroke" d={CHECK} /></>,
  failed: (
    <>
      <path className="full" d="M-3 -7H3L7 -3V3L3 7H-3L-7 3V-3Z" />
      <path className="cut" d="M-2.7 -2.7L2.7 2.7M2.7 -2.7L-2.7 2.7" />
    </>
  ),
  skipped: <path className="stroke" d="M-5 -4L-1 0L-5 4M1 -4L5 0L1 4" />,
  upstream_failed: (
    <>
      <path className="full" d="M0 -7L7.5 6H-7.5Z" />
      <path className="cut" d="M0 -2.6V1.4M0 3.4V3.8" />
    </>
  ),
  cancelled: SQUARE,
  cancelling: SQUARE,
  removed: <>{RING}<path className="stroke" d="M-3 0H3" /></>
};

/** The shape alone, around the origin and seven wide to each side: for within a picture. */
export function shapeOf(state: string): JSX.Element {
  return SHAPES[state] ?? RING;
}

/** The pie of a running task: how much of it is done. */
function pie(done: number): JSX.Element {
  const angle = 2 * Math.PI * Math.min(done, 0.999);
  const x = (6.3 * Math.sin(angle)).toFixed(1);
  const y = (-6.3 * Math.cos(angle)).toFixed(1);
  return (
    <>
      {RING}
      <path className="full" d={`M0 0V-6.3A6.3 6.3 0 ${done > 0.5 ? 1 : 0} 1 ${x} ${y}Z`} />
    </>
  );
}

export interface ISignProps {
  state: string;
  /** Signs of runs and of tasks differ in one word only. */
  of?: 'task' | 'run';
  /** How much of a running task is done, from 0 to 1. */
  done?: number | null;
  /** Say the word beside the shape. */
  word?: boolean;
  /** The state is said elsewhere. */
  isMute?: boolean;
}

/** A state's shape, with its word beside it or, without `word`, as the accessible name. */
export const Sign = memo(function Sign({ state, of = 'task', done, word, isMute }: ISignProps) {
  const sign = of === 'run' ? runSign(state) : taskSign(state);
  const shape = state === 'running' && done ? pie(done) : shapeOf(state);
  const drawn = (
    <svg className="jp-Flow-sign" viewBox="-8 -8 16 16" {...(word || isMute ? { 'aria-hidden': true } : { role: 'img', 'aria-label': sign.word })}>
      {shape}
    </svg>
  );
  return (
    <span className="jp-Flow-signed" data-tone={sign.tone} data-state={state}>
      {drawn}
      {word ? <span className="jp-Flow-word">{sign.word}</span> : null}
    </span>
  );
});
