/** How lively the way from a task to one that needs it is. Pure. */
import type { ITaskFace } from '../faces';

export type EdgeLook = 'idle' | 'done' | 'active' | 'bad';

const DONE = ['succeeded', 'restored'];

export function lookOf(from: ITaskFace | undefined, to: ITaskFace | undefined): EdgeLook {
  const isDone = from !== undefined && DONE.includes(from.state);
  if (to?.state === 'upstream_failed') {
    return from && !isDone ? 'bad' : 'idle';
  }
  if (to?.state === 'running') {
    return 'active';
  }
  // What was restored, or only waited, has no start.
  const hasBegun = to !== undefined && (to.startedAt !== null || DONE.includes(to.state));
  return isDone && hasBegun ? 'done' : 'idle';
}
