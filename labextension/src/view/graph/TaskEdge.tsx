/** The way from a task to one that needs it: as lively as that one. */
import { memo } from 'react';

import { getBezierPath } from '@xyflow/react';
import type { EdgeProps } from '@xyflow/react';

import { useFace } from './board';
import { lookOf } from './looks';

export const TaskEdge = memo(function TaskEdge({ source, target, ...ends }: EdgeProps) {
  const look = lookOf(useFace(source), useFace(target));
  const [path] = getBezierPath(ends);
  return <g className={`jp-Flow-edge-${look}`}><path className="react-flow__edge-path" d={path} fill="none" /></g>;
});
