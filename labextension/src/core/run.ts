/**
 * A run on the screen is a fold over its events: `page = events.reduce(reduce, page)`.
 *
 * Pure. Events that are old or come twice change nothing, and what an event does not touch keeps
 * its identity, so that views draw only what changed. It asks nobody for anything: an event after
 * which a page has to be asked for again is told by `needsReload`.
 */
import { countsOf, Draft } from './taskRuns';
import type { TaskRuns } from './taskRuns';
import type { AttemptView, MoveView, RunEvent, RunPage, RunView, TaskRunView } from './wire.gen';
import { runSign } from './words';

export { countsOf, keyOf } from './taskRuns';

/** The page after one more event. */
export function reduce(page: RunPage, event: RunEvent): RunPage {
  if (!isNew(page, event)) {
    return page;
  }
  const draft = new Draft(page.task_runs);
  for (const move of event.moves) {
    if (move.task !== null) {
      draft.change(move.task, move.index, before => moved(before, move));
    }
  }
  if (event.attempt) {
    const { task, index, attempt } = event.attempt;
    draft.change(task, index, before => attempted(before, attempt, event.values));
  }
  if (event.restored) {
    const { task, index, origin, values } = event.restored;
    draft.change(task, index, before => ({ ...before, origin, values }));
  }
  const task_runs = draft.done() as RunPage['task_runs'];
  return { ...page, seq: event.seq, run: runAfter(page, task_runs, event), task_runs };
}

/** Whether more changed than a new `event` can tell, so that the page has to be asked for again. */
export function needsReload(event: RunEvent): boolean {
  return event.reload;
}

/** `train[2]` as the task and the index. */
export function readKey(key: string): { task: string; index: number | null } {
  const found = /^(.+)\[(\d+)\]$/.exec(key);
  return found?.[1] ? { task: found[1], index: Number(found[2]) } : { task: key, index: null };
}

function isNew(page: RunPage, event: RunEvent): boolean {
  return event.run === page.run.id && event.seq > page.seq;
}

function moved(before: TaskRunView, { state, reason, due_at }: MoveView): TaskRunView {
  const isSame = before.state === state && before.reason === reason && before.due_at === due_at;
  return isSame ? before : { ...before, state, reason, due_at };
}

function attempted(before: TaskRunView, attempt: AttemptView, values: RunEvent['values']): TaskRunView {
  return { ...before, attempts: withAttempt(before.attempts, attempt), values: values ?? before.values };
}

function withAttempt(attempts: readonly AttemptView[], attempt: AttemptView): AttemptView[] {
  const at = attempts.findIndex(each => each.number === attempt.number);
  if (at >= 0) {
    return attempts.map((each, place) => (place === at ? attempt : each));
  }
  return [...attempts, attempt].sort((a, b) => a.number - b.number);
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

function isSameCounts(left: Readonly<Record<string, number>>, right: Readonly<Record<string, number>>): boolean {
  const names = Object.keys(left);
  return names.length === Object.keys(right).length && names.every(name => left[name] === right[name]);
}
