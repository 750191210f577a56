/**
 * A fast layered layout for large flows: a thousand tasks in some milliseconds.
 *
 * Each task is one layer behind the last one that it needs. Within a layer, tasks stand in the
 * order of what they are joined to, and as near to it as their neighbours let them. A layer of
 * very many is a block: in one line, nobody could see both of its ends.
 */
/** What the layout has to know of a task. */
export interface ILaidTask {
  readonly name: string;
  readonly upstream: readonly string[];
}

export interface ILayoutOptions {
  readonly direction: 'LR' | 'TB';
  /** The size of a task's box. */
  readonly width: number;
  readonly height: number;
}

/** The upper left corner of a task's box. */
export interface ISpot {
  readonly id: string;
  readonly x: number;
  readonly y: number;
}

/** The room between layers, and between the boxes within a layer. */
export const LAYER_GAP = 56;
export const BOX_GAP = 24;

/** A layer of more tasks than these is a block, so much longer than it is deep. */
const MOST_BESIDE = 150;
const LENGTH = 0.64;
const SWEEPS = 4;

type Names = readonly string[];
type Edges = ReadonlyMap<string, Names>;

/** Places for all `tasks`, whose edges lead to each other only. */
export function layered(tasks: readonly ILaidTask[], options: ILayoutOptions): ISpot[] {
  const isAcross = options.direction === 'LR';
  const upstream: Edges = new Map(tasks.map(each => [each.name, each.upstream]));
  const downstream = reversed(upstream);
  const ranks = ranksOf(upstream, downstream);
  const layers = layersOf(ranks);
  untangle(layers, upstream, downstream);
  const [length, depth] = isAcross ? [options.height, options.width] : [options.width, options.height];
  const lines = layers.map(layer => linesOf(layer, length + BOX_GAP, depth + BOX_GAP));
  const along = placed(lines.flat(), upstream, length + BOX_GAP);
  const deep = depthsOf(lines, depth);
  return tasks.map(({ name }) => {
    const x = deep.get(name) ?? 0;
    const y = along.get(name) ?? 0;
    return isAcross ? { id: name, x, y } : { id: name, x: y, y: x };
  });
}

/** The lines of a layer, one behind the other: one, unless there are very many tasks. */
function linesOf(layer: Names, length: number, depth: number): Names[] {
  const most = layer.length > MOST_BESIDE ? Math.ceil(Math.sqrt((LENGTH * layer.length * depth) / length)) : layer.length;
  return Array.from({ length: Math.ceil(layer.length / most) }, (_, at) => layer.slice(at * most, (at + 1) * most));
}

/** How deep each task stands. */
function depthsOf(layers: readonly Names[][], depth: number): Map<string, number> {
  const depths = new Map<string, number>();
  let next = 0;
  for (const lines of layers) {
    lines.forEach((line, at) => line.forEach(name => depths.set(name, next + at * (depth + BOX_GAP))));
    next += lines.length * (depth + BOX_GAP) - BOX_GAP + LAYER_GAP;
  }
  return depths;
}

function reversed(edges: Edges): Edges {
  const back = new Map<string, string[]>([...edges.keys()].map(name => [name, []]));
  for (const [name, others] of edges) {
    others.forEach(each => back.get(each)?.push(name));
  }
  return back;
}

/** The layer of each task. In a loop, the first of its tasks is taken to need nothing more. */
function ranksOf(upstream: Edges, downstream: Edges): Map<string, number> {
  const ranks = new Map<string, number>();
  const lacking = new Map([...upstream].map(([name, others]) => [name, others.length]));
  const ready = [...upstream.keys()].filter(name => lacking.get(name) === 0);
  const all = [...upstream.keys()];
  let forced = 0;
  let at = 0;
  while (ranks.size < upstream.size) {
    const name = at < ready.length ? ready[at++] : all[forced++];
    if (name === undefined || ranks.has(name)) {
      continue;
    }
    const behind = (upstream.get(name) ?? []).map(each => ranks.get(each) ?? -1);
    ranks.set(name, behind.reduce((most, each) => Math.max(most, each), -1) + 1);
    for (const next of downstream.get(name) ?? []) {
      const left = (lacking.get(next) ?? 0) - 1;
      lacking.set(next, left);
      if (left === 0) {
        ready.push(next);
      }
    }
  }
  return ranks;
}

function layersOf(ranks: ReadonlyMap<string, number>): string[][] {
  const layers: string[][] = [];
  for (const [name, rank] of ranks) {
    (layers[rank] ??= []).push(name);
  }
  return layers;
}

/** Orders each layer by where its tasks' neighbours stand, forwards and backwards in turn. */
function untangle(layers: string[][], upstream: Edges, downstream: Edges): void {
  const place = new Map<string, number>();
  const note = (layer: Names) => layer.forEach((name, at) => place.set(name, at / layer.length));
  layers.forEach(note);
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const isForwards = sweep % 2 === 0;
    const edges = isForwards ? upstream : downstream;
    for (const layer of isForwards ? layers : [...layers].reverse()) {
      const wish = new Map(layer.map(name => [name, mean(edges.get(name), place) ?? place.get(name) ?? 0]));
      layer.sort((a, b) => (wish.get(a) ?? 0) - (wish.get(b) ?? 0));
      note(layer);
    }
  }
}

function mean(names: Names | undefined, place: ReadonlyMap<string, number>): number | undefined {
  const places = (names ?? []).map(each => place.get(each)).filter(each => each !== undefined);
  return places.length ? places.reduce((sum, each) => sum + each, 0) / places.length : undefined;
}

/** Where along its layer each task stands; the first one of all stands at 0. */
function placed(layers: readonly Names[], upstream: Edges, size: number): Map<string, number> {
  const spots = new Map<string, number>();
  for (const layer of layers) {
    let free = -Infinity;
    let pushed = 0;
    const starts = layer.map((name, at) => {
      const wish = mean(upstream.get(name), spots) ?? (at - (layer.length - 1) / 2) * size;
      const start = Math.max(wish, free);
      free = start + size;
      pushed += start - wish;
      return start;
    });
    // Those that had to give way went down; half of them could as well have gone up.
    layer.forEach((name, at) => spots.set(name, (starts[at] ?? 0) - pushed / layer.length));
  }
  const least = [...spots.values()].reduce((low, each) => Math.min(low, each), Infinity);
  return new Map([...spots].map(([name, start]) => [name, start - least]));
}
