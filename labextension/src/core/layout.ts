/**
 * Where each task of a flow is drawn: layers from what comes first to what comes last.
 *
 * It looks at who needs whom and at nothing else, so a layout is made once for a flow and not
 * again while it runs. dagre draws best, but takes seconds for a thousand tasks: larger flows are
 * laid out by `layered`. Flows with mistakes (loops, tasks that are not there) are drawn as well.
 */
import { Graph, layout as dagre } from '@dagrejs/dagre';

import { FRAME_HEAD, FRAME_PAD } from './groups';
import type { IOpenGroup } from './groups';
import { BOX_GAP, LAYER_GAP, layered } from './layered';
import type { ILaidTask, ILayoutOptions, ISpot } from './layered';

export type { ILaidTask, ILayoutOptions, ISpot } from './layered';

export interface ILayout {
  /** In the order of the tasks. */
  readonly spots: readonly ISpot[];
  readonly width: number;
  readonly height: number;
}

/** With more tasks, or more edges, than these dagre takes too long to wait for. */
export const MOST_TASKS = 400;
const MOST_EDGES = 300;

const KEPT = 32;
const kept = new Map<string, ILayout>();

const NO_GROUPS: readonly IOpenGroup[] = [];

/**
 * The layout of `tasks`: the same object as before when they need each other as before. Those of
 * a group are kept together, unless there are too many.
 */
export function layout(tasks: readonly ILaidTask[], options: ILayoutOptions, groups = NO_GROUPS): ILayout {
  const key = JSON.stringify([options.direction, options.width, options.height, tasks.map(nameAndNeeds), groups]);
  const known = kept.get(key);
  const made = known ?? make(clean(tasks), options, groups);
  kept.delete(key);
  kept.set(key, made);
  const oldest = kept.keys().next().value;
  if (kept.size > KEPT && oldest !== undefined) {
    kept.delete(oldest);
  }
  return made;
}

function nameAndNeeds(task: ILaidTask): [string, readonly string[]] {
  return [task.name, task.upstream];
}

/** The tasks with those edges only that lead from one of them to another, each once. */
function clean(tasks: readonly ILaidTask[]): ILaidTask[] {
  const names = new Set(tasks.map(each => each.name));
  return tasks.map(({ name, upstream }) => ({
    name,
    upstream: [...new Set(upstream)].filter(each => each !== name && names.has(each))
  }));
}

function make(tasks: readonly ILaidTask[], options: ILayoutOptions, groups: readonly IOpenGroup[]): ILayout {
  const edges = tasks.reduce((sum, each) => sum + each.upstream.length, 0);
  const isLarge = tasks.length > MOST_TASKS || edges > MOST_EDGES;
  const spots = isLarge ? layered(tasks, options) : drawn(tasks, options, groups);
  return {
    spots,
    width: extent(spots.map(each => each.x), options.width),
    height: extent(spots.map(each => each.y), options.height)
  };
}

function extent(starts: readonly number[], size: number): number {
  return starts.reduce((most, each) => Math.max(most, each + size), 0);
}

function drawn(tasks: readonly ILaidTask[], { direction, width, height }: ILayoutOptions, groups: readonly IOpenGroup[]): ISpot[] {
  const graph = new Graph({ compound: groups.length > 0 });
  // Between two boxes there may be the edges of frames, and a name.
  const more = groups.length ? FRAME_HEAD + FRAME_PAD : 0;
  graph.setGraph({ rankdir: direction, ranksep: LAYER_GAP, nodesep: BOX_GAP + more });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { name } of tasks) {
    graph.setNode(name, { width, height });
  }
  for (const { name, upstream } of tasks) {
    upstream.forEach(each => graph.setEdge(each, name));
  }
  groups.forEach(group => graph.setNode(frameOf(group.name), {}));
  for (const { name, parent, nodes } of groups) {
    nodes.forEach(each => graph.setParent(each, frameOf(name)));
    if (parent !== null) {
      graph.setParent(frameOf(name), frameOf(parent));
    }
  }
  dagre(graph);
  return tasks.map(({ name }) => {
    const { x, y } = graph.node(name) as { x: number; y: number };
    return { id: name, x: x - width / 2, y: y - height / 2 };
  });
}

/** No task has such a name. */
function frameOf(group: string): string {
  return `${group}/`;
}
