/** Walking a graph with the arrow keys: along its edges, and within a layer. Pure. */

export interface ISpot {
  readonly id: string;
  readonly x: number;
  readonly y: number;
}

export interface IWalk {
  /** Where what comes after a task is drawn: to its right, or below it. */
  readonly direction: 'LR' | 'TB';
  /** By task: where it is drawn. */
  readonly spots: ReadonlyMap<string, ISpot>;
  readonly upstream: ReadonlyMap<string, readonly string[]>;
  readonly downstream: ReadonlyMap<string, readonly string[]>;
}

/** In a graph that goes down, the arrows mean what they point at. */
const TURNED: Readonly<Record<string, string>> = {
  ArrowDown: 'ArrowRight', ArrowUp: 'ArrowLeft', ArrowRight: 'ArrowDown', ArrowLeft: 'ArrowUp'
};

/** The task that `key` leads to from `from`; `from` itself where there is none. */
export function step(walk: IWalk, from: string, key: string): string {
  const here = walk.spots.get(from);
  if (!here) {
    return walk.spots.keys().next().value ?? from;
  }
  switch (walk.direction === 'TB' ? (TURNED[key] ?? key) : key) {
    case 'ArrowRight':
      return nearest(walk, here, walk.downstream.get(from) ?? []) ?? from;
    case 'ArrowLeft':
      return nearest(walk, here, walk.upstream.get(from) ?? []) ?? from;
    case 'ArrowDown':
      return beside(walk, here, 1) ?? from;
    case 'ArrowUp':
      return beside(walk, here, -1) ?? from;
    case 'Home':
      return extreme(walk, -1);
    case 'End':
      return extreme(walk, 1);
    default:
      return from;
  }
}

/** How far along its layer a spot is, and in which layer. */
function across(walk: IWalk, spot: ISpot): number {
  return walk.direction === 'TB' ? spot.x : spot.y;
}

function layer(walk: IWalk, spot: ISpot): number {
  return walk.direction === 'TB' ? spot.y : spot.x;
}

function nearest(walk: IWalk, here: ISpot, ids: readonly string[]): string | undefined {
  const spots = ids.map(id => walk.spots.get(id)).filter(each => each !== undefined);
  const from = across(walk, here);
  spots.sort((a, b) => Math.abs(across(walk, a) - from) - Math.abs(across(walk, b) - from) || across(walk, a) - across(walk, b));
  return spots[0]?.id;
}

/** The next one before (-1) or after (1) in the same layer. */
function beside(walk: IWalk, here: ISpot, way: number): string | undefined {
  let best: ISpot | undefined;
  for (const each of walk.spots.values()) {
    const ahead = (across(walk, each) - across(walk, here)) * way;
    const isSame = Math.abs(layer(walk, each) - layer(walk, here)) < 1;
    if (ahead > 0 && isSame && (!best || ahead < (across(walk, best) - across(walk, here)) * way)) {
      best = each;
    }
  }
  return best?.id;
}

function extreme(walk: IWalk, way: number): string {
  const spots = [...walk.spots.values()];
  spots.sort((a, b) => (layer(walk, b) - layer(walk, a)) * way || across(walk, a) - across(walk, b));
  return spots[0]?.id ?? '';
}
