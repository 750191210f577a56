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
  const visit = (name: string): number => {
    const known = best.get(name);
    if (known) {
      return known.total;
    }
    best.set(name, { total: 0, from: null });
    const face = faces.get(name);
    let total = 0;
    let from: string | null = null;
    for (const each of face?.task.upstream ?? []) {
      const behind = visit(each);
      if (behind > total) {
        [total, from] = [behind, each];
      }
    }
    total += face ? (elapsed(face, now) ?? 0) : 0;
    best.set(name, { total, from });
    return total;
  };
  let last: string | null = null;
  let longest = 0;
  for (const name of faces.keys()) {
    const total = visit(name);
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
