/** What a run has to say in a few words, and which runs and tasks somebody searches for. Pure. */
import { seconds } from './time';
import type { AttemptView, RunView, TaskRunView, TaskView } from './wire.gen';
import { count, duration, outcomeWord, runSign, taskSign } from './words';

/** The last attempt of a task run; null before the first. */
export function lastAttempt(taskRun: TaskRunView): AttemptView | null {
  return taskRun.attempts.at(-1) ?? null;
}

const SHOWS_CELL = ['running', 'failed', 'retrying', 'cancelled'];

/**
 * Which cell runs, or where it stopped: `cell 7/20`. Empty when there is nothing to tell.
 *
 * Before the first cell it is starting: it waits for its kernel, or for a worker of a cluster.
 */
export function cells(taskRun: TaskRunView): string {
  const attempt = lastAttempt(taskRun);
  if (!attempt?.cells) {
    return taskRun.state === 'running' ? 'starting' : '';
  }
  if (SHOWS_CELL.includes(taskRun.state)) {
    return `${partOf(attempt)} ${attempt.cell}/${attempt.cells}`;
  }
  return taskRun.state === 'succeeded' ? count(attempt.cells, partOf(attempt)) : '';
}

/** How long an attempt took, or has been going on, in words. */
export function attemptTook(attempt: AttemptView, now: number): string {
  return duration(seconds(attempt.started_at, attempt.ended_at, now));
}

/** How an attempt ended, and why, in words: `failed: ValueError: no such column`. */
export function attemptEnd(attempt: AttemptView): string {
  const failure = attempt.failure;
  const why = failure ? [failure.name, failure.message.split('\n')[0] ?? ''].filter(Boolean).join(': ') : '';
  return [outcomeWord(attempt.outcome), why].filter(Boolean).join(': ');
}

/** How long a run took, or has been going on, in words; empty before it began. */
export function runTook(run: RunView, now: number): string {
  return duration(seconds(run.started_at, run.ended_at, now));
}

/** Whether a run goes on. */
export function isLive(run: RunView): boolean {
  return !runSign(run.state).is_final;
}

/** How many task runs are over, of how many. */
export function runProgress(run: RunView): { readonly over: number; readonly all: number } {
  let [over, all] = [0, 0];
  for (const [state, number] of Object.entries(run.tasks)) {
    all += number;
    over += taskSign(state).is_final ? number : 0;
  }
  return { over, all };
}

/** Whether a run has all words of `query` in its flow, its id, its state or where it comes from. */
export function matchesRun(run: RunView, query: string): boolean {
  const origin = [run.schedule ?? '', run.backfill ? 'backfill' : '', run.reason];
  return hasWords([run.flow, run.id, runSign(run.state).word, run.logical_date, ...origin], query);
}

/** Whether a task has all words of `query` in its name, kind or content, or in its state. */
export function matchesTask(task: TaskView, state: string, query: string): boolean {
  return hasWords([task.name, task.kind, task.what, taskSign(state).word], query);
}

function hasWords(texts: readonly string[], query: string): boolean {
  const whole = texts.join('\n').toLowerCase();
  return query.toLowerCase().split(/\s+/).every(word => whole.includes(word));
}

/** What an attempt goes through: cells of its notebook, or tasks of the run that it is. */
export function partOf(attempt: AttemptView): 'cell' | 'task' {
  return attempt.child ? 'task' : 'cell';
}
