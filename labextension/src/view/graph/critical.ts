/** The critical path: the chain of tasks that a run could not have been shorter than. Pure. */
import type { Faces } from '../faces';
import { elapsed } from '../faces';

/**
 * The tasks of the longest chain by time spent, until `now`; empty while nothing has begun.
 *
 * Tasks that have not begun count as nothing, so that the path ends in what runs.
 */
export function criticalPath(faces: Faces, now: number): ReadonlySet<string> {
  const best = new Map<string, { total: number; from: string | null }>();
  // Upstream first; by a list and not by calls, as a chain may have ten thousand tasks.
  const visit = (start: string): number => {
    const ahead = [start];
    for (let name = ahead.at(-1); name !== undefined; name = ahead.at(-1)) {
      const upstream = faces.get(name)?.task.upstream ?? [];
      const isNew = !best.has(name);
      best.set(name, best.get(name) ?? { total: 0, from: null });
      const unknown = isNew ? upstream.filter(each => !best.has(each)) : [];
      if (unknown.length) {
        ahead.push(...unknown);
        continue;
      }
      ahead.pop();
      best.set(name, reached(name, upstream));
    }
    return best.get(start)?.total ?? 0;
  };
  const reached = (name: string, upstream: readonly string[]): { total: number; from: string | null } => {
    let total = 0;
    let from: string | null = null;
    for (const each of upstream) {
      const behind = best.get(each)?.total ?? 0;
      if (behind > total) {
        [total, from] = [behind, each];
      }
    }
    const face = faces.get(name);
    return { total: total + (face ? (elapsed(face, now) ?? 0) : 0), from };
  };
  let last: string | null = null;
  let longest = 0;
  for (const name of faces.keys()) {
    const total = best.get(name)?.total ?? visit(name);
    if (total > longest) {
      [longest, last] = [total, name];
    }
  }
  const path = new Set<string>();
  for (let at = last; at; at = best.get(at)?.from ?? null) {
    path.add(at);
  }
  return path;
}
