/** A list of runs on the screen: what changed is folded into it. And when a run began, for the first time. */
import type { RunPage, RunView, RunsEvent } from './wire.gen';

/** The list, newest first and each run once, after one more event, with at most `most` runs. Runs that did not change are the same. */
export function reduceRuns(runs: readonly RunView[], event: RunsEvent, most = 1000): readonly RunView[] {
  if (!event.runs.length) {
    return runs;
  }
  const byId = new Map(runs.map(each => [each.id, each]));
  for (const each of event.runs) {
    byId.set(each.id, each);
  }
  return [...byId.values()].sort(newestFirst).slice(0, most);
}

/** When a run began for the first time: a repair opens it again, and `started_at` is since then. */
export function firstStart({ run, task_runs }: RunPage): string | null {
  const began = task_runs.flatMap(each => each.attempts.map(attempt => attempt.started_at));
  // What was restored ran before this run was made.
  const ours = began.filter(each => compare(each, run.created_at) >= 0);
  return run.started_at === null ? null : ours.reduce((first, each) => (compare(each, first) < 0 ? each : first), run.started_at);
}

function newestFirst(left: RunView, right: RunView): number {
  return compare(right.created_at, left.created_at) || compare(right.id, left.id);
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
