/**
 * The groups of a flow as they are drawn: an open one has a frame around its tasks, a folded one
 * stands for all of them. Pure.
 */
import type { GroupView, TaskView } from './wire.gen';

/** A group that is open: what is drawn right in it. */
export interface IOpenGroup {
  readonly name: string;
  /** Tasks, and folded groups. */
  readonly nodes: readonly string[];
  readonly parent: string | null;
}

export interface IFolding {
  /** What is drawn: tasks, and a task of the kind `group` for each folded group. */
  readonly tasks: readonly TaskView[];
  /** By task: what it is drawn as. */
  readonly shown: ReadonlyMap<string, string>;
  /** By folded group: all its tasks, those of inner groups too. */
  readonly folded: ReadonlyMap<string, readonly string[]>;
  /** The outer ones before the inner ones. */
  readonly open: readonly IOpenGroup[];
}

/** A group of more tasks than these is folded at first. */
export const MANY = 40;

/** The groups that are folded as long as nobody has opened them. */
export function foldedAtFirst(groups: readonly GroupView[]): ReadonlySet<string> {
  const sizes = new Map<string, number>();
  for (const group of [...groups].reverse()) {
    const size = (sizes.get(group.name) ?? 0) + group.tasks.length;
    sizes.set(group.name, size);
    if (group.parent !== null) {
      sizes.set(group.parent, (sizes.get(group.parent) ?? 0) + size);
    }
  }
  return new Set([...sizes].filter(([, size]) => size > MANY).map(([name]) => name));
}

/** How `tasks` are drawn when the groups in `folded` are. */
export function fold(tasks: readonly TaskView[], groups: readonly GroupView[], folded: ReadonlySet<string>): IFolding {
  const byName = new Map(groups.map(group => [group.name, group]));
  const homes = new Map(groups.flatMap(group => group.tasks.map(task => [task, group.name] as const)));
  /** From the inside. */
  const around = (home: string | null | undefined): string[] => {
    const found: string[] = [];
    for (let at = home ? byName.get(home) : undefined; at; at = at.parent === null ? undefined : byName.get(at.parent)) {
      found.push(at.name);
    }
    return found;
  };
  const outermost = (names: readonly string[]): string | undefined => [...names].reverse().find(name => folded.has(name));
  const shown = new Map(tasks.map(({ name }) => [name, outermost(around(homes.get(name))) ?? name]));
  const members = new Map<string, TaskView[]>();
  for (const task of tasks) {
    const id = shown.get(task.name) ?? task.name;
    if (id !== task.name) {
      const known = members.get(id);
      if (known) {
        known.push(task);
      } else {
        members.set(id, [task]);
      }
    }
  }
  const drawn = new Map<string, TaskView>();
  for (const task of tasks) {
    const id = shown.get(task.name) ?? task.name;
    if (!drawn.has(id)) {
      const all = members.get(id);
      const upstream = [...new Set((all ?? [task]).flatMap(each => each.upstream).map(each => shown.get(each) ?? each))];
      drawn.set(id, all ? asOne(id, upstream.filter(each => each !== id)) : { ...task, upstream });
    }
  }
  const open = groups.filter(group => outermost(around(group.name)) === undefined);
  const parentOf = (id: string): string | null => (members.has(id) ? (byName.get(id)?.parent ?? null) : (homes.get(id) ?? null));
  return {
    tasks: groups.length ? [...drawn.values()] : tasks,
    shown,
    folded: new Map([...members].map(([id, all]) => [id, all.map(each => each.name)])),
    open: open.map(({ name, parent }) => ({ name, parent, nodes: [...drawn.keys()].filter(id => parentOf(id) === name) }))
  };
}

function asOne(name: string, upstream: string[]): TaskView {
  return { name, kind: 'group', what: '', rules: [], upstream, is_mapped: true, source: '', retries: 0, form: [] };
}

export interface IBox {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface IFrame extends IBox {
  readonly id: string;
}

/** The room around what is in a frame, and above it for its name. */
export const FRAME_PAD = 12;
export const FRAME_HEAD = 22;

/** The frames of the open groups around boxes of one size, outer ones first. */
export function framesOf(open: readonly IOpenGroup[], spots: ReadonlyMap<string, { x: number; y: number }>, width: number, height: number): IFrame[] {
  const frames = new Map<string, IFrame>();
  for (const group of [...open].reverse()) {
    const inside: IBox[] = group.nodes.flatMap(id => {
      const spot = spots.get(id);
      return spot ? [{ x: spot.x, y: spot.y, width, height }] : [];
    });
    inside.push(...open.filter(each => each.parent === group.name).flatMap(each => frames.get(each.name) ?? []));
    if (inside.length) {
      const left = Math.min(...inside.map(each => each.x)) - FRAME_PAD;
      const top = Math.min(...inside.map(each => each.y)) - FRAME_PAD - FRAME_HEAD;
      const right = Math.max(...inside.map(each => each.x + each.width)) + FRAME_PAD;
      const bottom = Math.max(...inside.map(each => each.y + each.height)) + FRAME_PAD;
      frames.set(group.name, { id: group.name, x: left, y: top, width: right - left, height: bottom - top });
    }
  }
  return open.flatMap(each => frames.get(each.name) ?? []);
}
