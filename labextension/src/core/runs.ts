/** A list of runs on the screen: what changed is folded into it. Newest first, each run once. */
import type { RunView, RunsEvent } from './wire.gen';

/** The list after one more event, with at most `most` runs. Runs that did not change are the same. */
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

function newestFirst(left: RunView, right: RunView): number {
  return compare(right.created_at, left.created_at) || compare(right.id, left.id);
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
