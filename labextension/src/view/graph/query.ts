/** What somebody looks for in a graph: a text, some states, the critical path. Pure. */
import type { Faces } from '../faces';

export interface IQuery {
  readonly text: string;
  readonly states: readonly string[];
  readonly critical: boolean;
}

export const noQuery: IQuery = { text: '', states: [], critical: false };

/** The tasks that fit; null when nothing is looked for. */
export function matching(faces: Faces, query: IQuery): ReadonlySet<string> | null {
  const words = query.text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0 && query.states.length === 0) {
    return null;
  }
  const found = new Set<string>();
  for (const [name, face] of faces) {
    const text = `${name} ${face.task.what} ${face.task.kind}`.toLowerCase();
    const inState = query.states.length === 0
      || query.states.some(state => face.counts[state] || (face.runs.length === 0 && face.state === state));
    if (inState && words.every(word => text.includes(word))) {
      found.add(name);
    }
  }
  return found;
}

/** How many tasks are, at least in part, in each state; in the order of first sight. */
export function statesIn(faces: Faces): ReadonlyMap<string, number> {
  const counted = new Map<string, number>();
  for (const face of faces.values()) {
    for (const state of face.runs.length ? Object.keys(face.counts) : [face.state]) {
      counted.set(state, (counted.get(state) ?? 0) + 1);
    }
  }
  return counted;
}
