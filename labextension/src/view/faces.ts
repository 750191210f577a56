/**
 * A task as a screen shows it: all instances of it in a run, as one face. Pure.
 *
 * A face keeps its identity while nothing about its task changed, so that a graph of a thousand
 * tasks draws only those again that moved.
 */
import { lastAttempt, partOf } from '../core/select';
import type { AttemptView, RunPage, TaskRunView, TaskView } from '../core/wire.gen';
import { duration, overall, taskSign, tally } from '../core/words';

export interface ITaskFace {
  readonly task: TaskView;
  readonly runs: readonly TaskRunView[];
  /** One state for all instances. */
  readonly state: string;
  /** How many instances; null for a task that is not mapped, or whose instances are not known. */
  readonly width: number | null;
  readonly counts: Readonly<Record<string, number>>;
  readonly attempt: AttemptView | null;
  /** How much is done, from 0 to 1; null when nothing is known. */
  readonly done: number | null;
  readonly startedAt: number | null;
  /** Null while it goes on. */
  readonly endedAt: number | null;
  /** Why it is so, as the run tells it. */
  readonly reason: string;
}

export type Faces = ReadonlyMap<string, ITaskFace>;

/** A face for each task of the flow, in its order; those of `before` that still hold are kept. */
export function facesOf(page: RunPage, before?: Faces): Faces {
  const grouped = new Map<string, TaskRunView[]>();
  for (const each of page.task_runs) {
    const group = grouped.get(each.task);
    if (group) {
      group.push(each);
    } else {
      grouped.set(each.task, [each]);
    }
  }
  const faces = new Map<string, ITaskFace>();
  for (const task of page.flow.tasks) {
    const runs = grouped.get(task.name) ?? [];
    const known = before?.get(task.name);
    const same = known && known.task === task && isSame(known.runs, runs);
    faces.set(task.name, same ? known : faceOf(task, runs));
  }
  return faces;
}

function isSame(left: readonly unknown[], right: readonly unknown[]): boolean {
  return left.length === right.length && left.every((each, at) => each === right[at]);
}

function faceOf(task: TaskView, runs: readonly TaskRunView[]): ITaskFace {
  const counts: Record<string, number> = {};
  for (const each of runs) {
    counts[each.state] = (counts[each.state] ?? 0) + 1;
  }
  const isMapped = task.is_mapped && !(runs.length === 1 && runs[0]?.index === null);
  const only = runs.length === 1 ? runs[0] : undefined;
  return {
    task,
    runs,
    state: runs.length ? overall(runs.map(each => each.state)) : 'pending',
    width: isMapped ? runs.length : null,
    counts,
    attempt: only ? lastAttempt(only) : null,
    done: isMapped ? share(counts, runs.length) : cellsDone(only),
    ...spanOf(runs, isMapped),
    reason: only?.reason ?? ''
  };
}

/** A face for a group, folded to one: of its tasks, how many are in which state. */
export function groupFaceOf(task: TaskView, faces: readonly ITaskFace[]): ITaskFace {
  const counts: Record<string, number> = {};
  for (const each of faces) {
    counts[each.state] = (counts[each.state] ?? 0) + 1;
  }
  const starts = faces.map(each => each.startedAt).filter(each => each !== null);
  const ends = faces.map(each => each.endedAt).filter(each => each !== null);
  const isLive = faces.some(each => !OVER.includes(each.state));
  return {
    task,
    runs: [],
    state: overall(faces.map(each => each.state)),
    width: faces.length,
    counts,
    attempt: null,
    done: share(counts, faces.length),
    startedAt: starts.length ? Math.min(...starts) : null,
    endedAt: isLive || !ends.length ? null : Math.max(...ends),
    reason: ''
  };
}

/** `5 of 8, 1 failed` */
export function groupProgress(face: ITaskFace): string {
  const over = OVER.reduce((sum, state) => sum + (face.counts[state] ?? 0), 0);
  const worst = ['failed', 'cancelled', 'upstream_failed'].find(state => face.counts[state]);
  const told = worst === undefined ? [] : [`${face.counts[worst] ?? 0} ${taskSign(worst).word}`];
  return [`${over} of ${face.width ?? 0}`, ...told].join(', ');
}

/** From when to when: the last attempt of a task, or all attempts of all instances of it. */
export function spanOf(runs: readonly TaskRunView[], isMapped: boolean): Pick<ITaskFace, 'startedAt' | 'endedAt'> {
  const lasts = runs.map(lastAttempt).filter(each => each !== null);
  const isOver = lasts.length > 0 && lasts.every(each => each.ended_at !== null);
  return {
    startedAt: least(isMapped ? runs.flatMap(each => each.attempts) : lasts),
    endedAt: isOver ? latest(lasts) : null
  };
}

function cellsDone(run: TaskRunView | undefined): number | null {
  const attempt = run && lastAttempt(run);
  if (!attempt || !attempt.cells) {
    return null;
  }
  // The cell that runs is not done yet.
  const finished = run.state === 'running' ? Math.max(0, attempt.cell - 1) : attempt.cell;
  return run.state === 'succeeded' ? 1 : finished / attempt.cells;
}

const OVER = ['succeeded', 'failed', 'skipped', 'upstream_failed', 'cancelled', 'restored', 'removed'];

function share(counts: Readonly<Record<string, number>>, all: number): number | null {
  const over = OVER.reduce((sum, state) => sum + (counts[state] ?? 0), 0);
  return all ? over / all : null;
}

function least(attempts: readonly AttemptView[]): number | null {
  const times = attempts.map(each => Date.parse(each.started_at));
  return times.length ? Math.min(...times) : null;
}

function latest(attempts: readonly AttemptView[]): number {
  return Math.max(...attempts.map(each => Date.parse(each.ended_at ?? each.started_at)));
}

/** How long it took, or has been going on at `now`, in seconds. */
export function elapsed(face: Pick<ITaskFace, 'startedAt' | 'endedAt'>, now: number): number | null {
  return face.startedAt === null ? null : Math.max(0, ((face.endedAt ?? now) - face.startedAt) / 1000);
}

/** Which cell runs, or where it stopped: `cell 7/20`, `starting` before; how many instances are over: `3/12`. */
export function progress(face: ITaskFace): string {
  if (face.width !== null) {
    const over = OVER.reduce((sum, state) => sum + (face.counts[state] ?? 0), 0);
    return `${over}/${face.width} done`;
  }
  const attempt = face.attempt;
  const stopped = ['running', 'failed', 'retrying', 'cancelled'].includes(face.state);
  if (!attempt?.cells) {
    return face.state === 'running' ? 'starting' : '';
  }
  return stopped ? `${partOf(attempt)} ${attempt.cell}/${attempt.cells}` : '';
}

/** All there is to say of a task, for those who cannot see the picture. */
export function sentence(face: ITaskFace, now: number): string {
  const spent = elapsed(face, now);
  const parts = [
    face.width === null ? taskSign(face.state).word : `${face.width} instances, ${tally(face.counts) || 'none yet'}`,
    progress(face),
    spent === null ? '' : `${face.endedAt === null ? 'for' : 'in'} ${duration(spent)}`,
    face.reason
  ];
  return `Task ${face.task.name}: ${parts.filter(Boolean).join(', ')}. ${waits(face.task.upstream)}`;
}

/** So many names can be listened to. */
const FEW = 20;

function waits(upstream: readonly string[]): string {
  const named = upstream.length > FEW ? `${upstream.length} tasks` : upstream.join(', ');
  return named ? `Waits for ${named}.` : 'It waits for nothing.';
}
