/** How many tasks are in which state: a bar in proportion, and the same in words. */
import { memo } from 'react';

import { taskSign, tally } from '../core/words';

/** As a bar of progress grows: what is done, what went wrong, what is being done, what is to come. */
const ORDER = [
  'succeeded', 'restored', 'skipped', 'failed', 'upstream_failed', 'cancelled', 'retrying', 'running',
  'queued', 'waiting', 'pending', 'removed'
];

export interface IStateBarProps {
  counts: Readonly<Record<string, number>>;
}

export const StateBar = memo(function StateBar({ counts }: IStateBarProps) {
  return (
    <span className="jp-Flow-stateBar" role="img" aria-label={tally(counts) || 'no tasks'} title={tally(counts)}>
      {ORDER.filter(state => counts[state]).map(state => (
        <i key={state} data-tone={taskSign(state).tone} data-state={state} style={{ flexGrow: counts[state] }} />
      ))}
    </span>
  );
});
