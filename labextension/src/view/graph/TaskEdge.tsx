/** The way from a task to one that needs it: as lively as that one. */
import { memo } from 'react';

import { getBezierPath } from '@xyflow/react';
import type { EdgeProps } from '@xyflow/react';

import type { ITaskFace } from '../faces';
import { useFace } from './board';

export const TaskEdge = memo(function TaskEdge({ source, target, ...ends }: EdgeProps) {
  const look = lookOf(useFace(source), useFace(target));
  const [path] = getBezierPath(ends);
  return <g className={`jp-Flow-edge-${look}`}><path className="react-flow__edge-path" d={path} fill="none" /></g>;
});

const DONE = ['succeeded', 'restored'];

function lookOf(from: ITaskFace | undefined, to: ITaskFace | undefined): string {
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
