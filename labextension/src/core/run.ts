/**
 * A run on the screen is a fold over its events: `page = events.reduce(reduce, page)`.
 *
 * Pure. Events that are old or come twice change nothing, and what an event does not touch keeps
 * its identity, so that views draw only what changed. It asks nobody for anything: an event after
 * which a page has to be asked for again is told by `needsReload`.
 */
import type { AttemptChange, AttemptView, MoveView, RunEvent, RunPage, RunView, TaskRunView } from './wire.gen';
import { runSign } from './words';

type TaskRuns = readonly TaskRunView[];

/** The page after one more event. */
export function reduce(page: RunPage, event: RunEvent): RunPage {
  if (!isNew(page, event)) {
    return page;
  }
  let taskRuns: TaskRuns = page.task_runs;
  for (const move of event.moves) {
    taskRuns = moved(taskRuns, move);
  }
  if (event.attempt) {
    taskRuns = attempted(taskRuns, event.attempt, event.values);
  }
  const task_runs = taskRuns === page.task_runs ? page.task_runs : inOrder(page, taskRuns);
  return { ...page, seq: event.seq, run: runAfter(page, task_runs, event), task_runs };
}

/** Whether more changed than a new `event` can tell, so that the page has to be asked for again. */
export function needsReload(event: RunEvent): boolean {
  return event.reload;
}

/** How a task run is called in requests and on the screen: `train`, `train[2]`. */
export function keyOf(task: string, index: number | null): string {
  return index === null ? task : `${task}[${index}]`;
}

/** `train[2]` as the task and the index. */
export function readKey(key: string): { task: string; index: number | null } {
  const found = /^(.+)\[(\d+)\]$/.exec(key);
  return found?.[1] ? { task: found[1], index: Number(found[2]) } : { task: key, index: null };
}

function isNew(page: RunPage, event: RunEvent): boolean {
  return event.run === page.run.id && event.seq > page.seq;
}

function moved(taskRuns: TaskRuns, { task, index, state, reason, due_at }: MoveView): TaskRuns {
  if (task === null) {
    return taskRuns;
  }
  return changed(taskRuns, task, index, before => {
    const isSame = before.state === state && before.reason === reason && before.due_at === due_at;
    return isSame ? before : { ...before, state, reason, due_at };
  });
}

function attempted(taskRuns: TaskRuns, { task, index, attempt }: AttemptChange, values: RunEvent['values']): TaskRuns {
  return changed(taskRuns, task, index, before => ({
    ...before,
    attempts: withAttempt(before.attempts, attempt),
    values: values ?? before.values
  }));
}

function withAttempt(attempts: readonly AttemptView[], attempt: AttemptView): AttemptView[] {
  const at = attempts.findIndex(each => each.number === attempt.number);
  if (at >= 0) {
    return attempts.map((each, place) => (place === at ? attempt : each));
  }
  return [...attempts, attempt].sort((a, b) => a.number - b.number);
}

/** The task runs with one of them changed, or begun when it is an instance seen for the first time. */
function changed(taskRuns: TaskRuns, task: string, index: number | null, change: (before: TaskRunView) => TaskRunView): TaskRuns {
  const at = taskRuns.findIndex(each => each.task === task && each.index === index);
  const before = taskRuns[at];
  if (before) {
    const after = change(before);
    return after === before ? taskRuns : taskRuns.map((each, place) => (place === at ? after : each));
  }
  if (index === null && taskRuns.some(each => each.task === task)) {
    return taskRuns; // it has become its instances
  }
  const others = taskRuns.filter(each => each.task !== task || each.index !== null);
  return [...others, change(untouched(task, index))];
}

function untouched(task: string, index: number | null): TaskRunView {
  return { task, index, state: 'pending', reason: '', due_at: null, item: {}, values: {}, attempts: [] };
}

/** In the order in which the page had its tasks, instances by their index. */
function inOrder(page: RunPage, taskRuns: TaskRuns): TaskRunView[] {
  const places = new Map<string, number>();
  for (const { task } of page.task_runs) {
    places.set(task, places.get(task) ?? places.size);
  }
  const place = (each: TaskRunView) => places.get(each.task) ?? places.size;
  return [...taskRuns].sort((a, b) => place(a) - place(b) || (a.index ?? -1) - (b.index ?? -1));
}

function runAfter(page: RunPage, taskRuns: TaskRuns, event: RunEvent): RunView {
  const run = event.moves.filter(each => each.task === null).reduce((before, move) => runMoved(before, move, event.at), page.run);
  if (taskRuns === page.task_runs) {
    return run;
  }
  const tasks = countsOf(taskRuns);
  return isSameCounts(tasks, run.tasks) ? run : { ...run, tasks };
}

function runMoved(run: RunView, { state, reason }: MoveView, at: string): RunView {
  const isOver = runSign(state).is_final;
  return {
    ...run,
    state,
    reason,
    started_at: run.started_at ?? (state === 'running' ? at : null),
    ended_at: isOver ? at : null,
    is_left: run.is_left && !isOver
  };
}

/** How many task runs there are in each state. */
export function countsOf(taskRuns: TaskRuns): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { state } of taskRuns) {
    counts[state] = (counts[state] ?? 0) + 1;
  }
  return counts;
}

function isSameCounts(left: Readonly<Record<string, number>>, right: Readonly<Record<string, number>>): boolean {
  const names = Object.keys(left);
  return names.length === Object.keys(right).length && names.every(name => left[name] === right[name]);
}
