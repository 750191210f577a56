/** What somebody looks for in a graph: a text, some states, the critical path. Pure. */
import { TALLY_ORDER } from '../../core/words';
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

/**
 * How many tasks, and instances of mapped ones, are in each state: as the head of the run counts
 * them, and in its order, so that no chip moves when the run goes on.
 */
export function statesIn(faces: Faces): ReadonlyMap<string, number> {
  const counted = new Map<string, number>(TALLY_ORDER.map(state => [state, 0]));
  for (const face of faces.values()) {
    for (const [state, number] of Object.entries(face.runs.length ? face.counts : { [face.state]: 1 })) {
      counted.set(state, (counted.get(state) ?? 0) + number);
    }
  }
  return new Map([...counted].filter(([, number]) => number > 0));
}
