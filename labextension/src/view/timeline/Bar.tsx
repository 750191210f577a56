/** One bar of the time line: an attempt, or the wait before it. */
import { memo } from 'react';

import { clock } from '../../core/time';
import type { IBar } from '../../core/timeline';
import { duration, outcomeWord } from '../../core/words';
import type { Tone } from '../../core/words';

const WAITS: Readonly<Record<string, string>> = { waiting: 'waited for a slot', pausing: 'waited for the next attempt' };

function toneOf(bar: IBar): Tone {
  if (bar.kind in WAITS) {
    return bar.kind === 'pausing' ? 'warn' : 'quiet';
  }
  return bar.outcome === null ? 'active' : bar.outcome === 'succeeded' ? 'good' : bar.outcome === 'cancelled' ? 'warn' : 'bad';
}

export interface IBarProps {
  readonly bar: IBar;
  readonly left: number;
  readonly right: number;
  readonly onClick: () => void;
}

export const Bar = memo(function Bar({ bar, left, right, onClick }: IBarProps) {
  const spent = duration((bar.end - bar.start) / 1000);
  const which = bar.many ? `${bar.many} attempts` : `attempt ${bar.attempt}`;
  const what = WAITS[bar.kind] ?? `${which}, ${outcomeWord(bar.outcome) || 'running'}`;
  return (
    <span
      className="jp-Flow-bar"
      data-kind={bar.kind}
      data-tone={toneOf(bar)}
      title={`${what}: ${spent} (${clock(bar.start)} – ${clock(bar.end)})`}
      style={{ left, width: Math.max(bar.kind in WAITS ? 0 : 3, right - left) }}
      onClick={onClick}
    />
  );
}, (left, right) => left.left === right.left && left.right === right.right && left.bar.kind === right.bar.kind && left.bar.outcome === right.bar.outcome);
