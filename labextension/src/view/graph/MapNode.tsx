/** A task on the map of a graph: its colour. */
import { memo } from 'react';

import type { MiniMapNodeProps } from '@xyflow/react';

import { TONE_COLOURS, toneOf } from '../tones';
import { useFace } from './board';

export const MapNode = memo(function MapNode({ id, x, y, width, height }: MiniMapNodeProps) {
  const face = useFace(id);
  // The frame of a group has none.
  return face === undefined ? null : <rect className="react-flow__minimap-node" x={x} y={y} rx={8} width={width} height={height} style={{ fill: TONE_COLOURS[toneOf(face.state)] }} />;
});
