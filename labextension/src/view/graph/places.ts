/** Where each task of a flow is drawn, and the ways between them. */
import { framesOf } from '../../core/groups';
import type { IFrame, IOpenGroup } from '../../core/groups';
import { layout } from '../../core/layout';
import type { TaskView } from '../../core/wire.gen';
import type { ISpot, IWalk } from './walk';

export type Direction = 'LR' | 'TB';

export interface IPlaces {
  readonly direction: Direction;
  readonly width: number;
  readonly height: number;
  readonly spots: readonly ISpot[];
  readonly walk: IWalk;
  /** Around the tasks of groups that are open. */
  readonly frames: readonly IFrame[];
}

export function placesOf(tasks: readonly TaskView[], direction: Direction, width: number, height: number, groups: readonly IOpenGroup[] = []): IPlaces {
  const { spots, width: wide, height: high } = layout(tasks, { direction, width, height }, groups);
  const byId = new Map(spots.map(spot => [spot.id, spot]));
  const upstream = new Map(tasks.map(task => [task.name, task.upstream]));
  const downstream = new Map<string, string[]>(tasks.map(task => [task.name, []]));
  for (const task of tasks) {
    for (const from of task.upstream) {
      downstream.get(from)?.push(task.name);
    }
  }
  return { direction, width: wide, height: high, spots, walk: { direction, spots: byId, upstream, downstream }, frames: framesOf(groups, byId, width, height) };
}

/** Which way a graph fits best into a box: along its width, unless that is much worse. */
export function bestDirection(tasks: readonly TaskView[], box: { width: number; height: number }, width: number, height: number): Direction {
  const zoom = (direction: Direction): number => {
    const laid = layout(tasks, { direction, width, height });
    return Math.min(1, box.width / Math.max(1, laid.width), box.height / Math.max(1, laid.height));
  };
  return box.width < box.height && zoom('TB') > 1.25 * zoom('LR') ? 'TB' : 'LR';
}
