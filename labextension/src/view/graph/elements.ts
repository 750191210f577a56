/**
 * Nodes and edges for React Flow: where they are and how they are marked, but not how their tasks
 * stand, which they hear themselves. One keeps its identity while nothing about it changed.
 */
import type { Edge } from '@xyflow/react';

import type { TaskView } from '../../core/wire.gen';
import type { GroupNodeType } from './GroupNode';
import type { Direction } from './places';
import type { INodeActions, TaskNodeData, TaskNodeType } from './TaskNode';

export interface IPlaced {
  readonly id: string;
  readonly x: number;
  readonly y: number;
}

export interface INodeMarks {
  readonly selected: string | null;
  readonly unfolded: string | null;
  readonly here: string | null;
  readonly takesFocus: boolean;
  readonly critical: ReadonlySet<string>;
  readonly matches: ReadonlySet<string> | null;
  readonly direction: Direction;
  readonly actions: INodeActions;
  /** Which of them are folded groups. */
  readonly groups: ReadonlyMap<string, unknown>;
}

export const NODE_WIDTH = 188;
export const NODE_HEIGHT = 46;

export type NodeCache = Map<string, TaskNodeType | GroupNodeType>;

/** The nodes as they are now; those in `cache` that still hold are used again. */
export function nodesOf(placed: readonly IPlaced[], marks: INodeMarks, cache: NodeCache): (TaskNodeType | GroupNodeType)[] {
  const nodes: (TaskNodeType | GroupNodeType)[] = [];
  for (const { id, x, y } of placed) {
    const data = dataOf(id, marks);
    const known = cache.get(id);
    if (known && known.position.x === x && known.position.y === y && isSame(known.data, data)) {
      nodes.push(known);
      continue;
    }
    const node: TaskNodeType | GroupNodeType = {
      id, type: marks.groups.has(id) ? 'folded' : 'task', position: { x, y }, data, width: NODE_WIDTH, height: NODE_HEIGHT,
      // The list of instances must lie over the nodes below it.
      zIndex: data.isUnfolded ? 10 : 0
    };
    cache.set(id, node);
    nodes.push(node);
  }
  return nodes;
}

function dataOf(id: string, marks: INodeMarks): TaskNodeData {
  const isHere = marks.here === id;
  return {
    isSelected: marks.selected === id,
    isUnfolded: marks.unfolded === id,
    isCritical: marks.critical.has(id),
    isHere,
    takesFocus: isHere && marks.takesFocus,
    match: marks.matches ? marks.matches.has(id) : null,
    direction: marks.direction,
    actions: marks.actions
  };
}

function isSame(left: TaskNodeData, right: TaskNodeData): boolean {
  return (Object.keys(right) as (keyof TaskNodeData)[]).every(name => left[name] === right[name]);
}

/** The edges; those that lead to or from what is chosen, and along the critical path, stand out. */
export function edgesOf(tasks: readonly TaskView[], selected: string | null, critical: ReadonlySet<string>, cache: Map<string, Edge>): Edge[] {
  const names = new Set(tasks.map(each => each.name));
  return tasks.flatMap(({ name, upstream }) => upstream.filter(from => names.has(from)).map(from => {
    const words = [
      selected === name || selected === from ? 'near' : '',
      critical.has(name) && critical.has(from) ? 'critical' : ''
    ];
    const id = `${from}→${name}`;
    const className = words.filter(Boolean).map(word => `jp-Flow-edge-${word}`).join(' ');
    const known = cache.get(id);
    const edge = known?.className === className ? known : {
      id, type: 'task', source: from, target: name, className, focusable: false, selectable: false
    };
    cache.set(id, edge);
    return edge;
  }));
}
