/**
 * The task runs of a page, changed one by one: what an event does to a thousand of them costs no
 * more than a copy of the list. Pure from outside: lists are never changed, only made anew.
 */
import type { TaskRunView } from './wire.gen';

export type TaskRuns = readonly TaskRunView[];
type Change = (before: TaskRunView) => TaskRunView;

interface IIndex {
  /** By key: where it stands. */
  readonly places: ReadonlyMap<string, number>;
  /** In the order of the list. */
  readonly tasks: ReadonlySet<string>;
  readonly counts: Readonly<Record<string, number>>;
}

const known = new WeakMap<TaskRuns, IIndex>();

/** How a task run is called in requests and on the screen: `train`, `train[2]`. */
export function keyOf(task: string, index: number | null): string {
  return index === null ? task : `${task}[${index}]`;
}

/** How many task runs there are in each state. */
export function countsOf(taskRuns: TaskRuns): Readonly<Record<string, number>> {
  return indexOf(taskRuns).counts;
}

function indexOf(taskRuns: TaskRuns): IIndex {
  const index = known.get(taskRuns) ?? newIndex(taskRuns);
  known.set(taskRuns, index);
  return index;
}

function newIndex(taskRuns: TaskRuns): IIndex {
  const counts: Record<string, number> = {};
  for (const { state } of taskRuns) {
    counts[state] = (counts[state] ?? 0) + 1;
  }
  return {
    places: new Map(taskRuns.map((each, place) => [keyOf(each.task, each.index), place])),
    tasks: new Set(taskRuns.map(each => each.task)),
    counts
  };
}

/** The changes of one event, gathered; `done` is the list after them. */
export class Draft {
  constructor(private readonly _before: TaskRuns) {
    this._index = indexOf(_before);
  }

  /** Change one, or begin an instance that is seen for the first time. */
  change(task: string, index: number | null, change: Change): void {
    const key = keyOf(task, index);
    const place = this._index.places.get(key);
    if (place !== undefined && !this._gone.has(place)) {
      this._replace(place, change);
    } else if (index !== null || this._added.has(key) || !this._has(task)) {
      this._dropWhole(task, index);
      this._added.set(key, change(this._added.get(key) ?? untouched(task, index)));
    }
    // Else it has become its instances: of the whole nothing is told any more.
  }

  /** The same list as before when nothing changed. */
  done(): TaskRuns {
    if (this._added.size > 0) {
      return this._inOrder();
    }
    if (this._changed.size === 0) {
      return this._before;
    }
    const after = [...this._before];
    const counts = { ...this._index.counts };
    for (const [place, each] of this._changed) {
      count(counts, this._before[place]?.state ?? '', -1);
      count(counts, each.state, 1);
      after[place] = each;
    }
    known.set(after, { ...this._index, counts });
    return after;
  }

  private _replace(place: number, change: Change): void {
    const now = this._changed.get(place) ?? this._before[place];
    if (now) {
      const next = change(now);
      if (next !== now) {
        this._changed.set(place, next);
      }
    }
  }

  private _has(task: string): boolean {
    return this._index.tasks.has(task) || [...this._added.values()].some(each => each.task === task);
  }

  /** With its first instance a task is no whole any more. */
  private _dropWhole(task: string, index: number | null): void {
    const whole = index === null ? undefined : this._index.places.get(task);
    if (whole !== undefined) {
      this._gone.add(whole);
    }
    if (index !== null) {
      this._added.delete(task);
    }
  }

  /** In the order in which the page had its tasks, instances by their index. */
  private _inOrder(): TaskRuns {
    const places = new Map([...this._index.tasks].map((task, place) => [task, place]));
    const place = (each: TaskRunView): number => places.get(each.task) ?? places.size;
    const kept = this._before.flatMap((each, at) => (this._gone.has(at) ? [] : [this._changed.get(at) ?? each]));
    return [...kept, ...this._added.values()].sort((a, b) => place(a) - place(b) || (a.index ?? -1) - (b.index ?? -1));
  }

  private readonly _index: IIndex;
  private readonly _changed = new Map<number, TaskRunView>();
  private readonly _added = new Map<string, TaskRunView>();
  private readonly _gone = new Set<number>();
}

function count(counts: Record<string, number>, state: string, by: number): void {
  counts[state] = (counts[state] ?? 0) + by;
  if (counts[state] === 0) {
    delete counts[state];
  }
}

function untouched(task: string, index: number | null): TaskRunView {
  return { task, index, state: 'pending', reason: '', due_at: null, item: {}, values: {}, attempts: [], origin: null };
}
