/** A `%%flow` cell as text: its magic line, its body, and where in it a problem is. Pure. */
import type { ProblemView } from '../../core/wire.gen';

export interface IFlowCell {
  /** What stands behind `%%flow`. */
  readonly line: string;
  readonly body: string;
}

const MAGIC = /^%%flow(?=\s|$)[ \t]*([^\n]*)(?:\n|$)/;

/** The parts of a cell that begins with `%%flow`; null for any other. */
export function flowCell(source: string): IFlowCell | null {
  const found = MAGIC.exec(source);
  return found && { line: found[1] ?? '', body: source.slice(found[0].length) };
}

/** From where to where a problem's place reaches in the cell; null when it has none in it. */
export function rangeOf(source: string, problem: ProblemView): { from: number; to: number } | null {
  if (problem.line === null) {
    return null;
  }
  const lines = source.split('\n');
  const text = lines[problem.line - 1];
  if (text === undefined) {
    return null;
  }
  const start = lines.slice(0, problem.line - 1).reduce((sum, line) => sum + line.length + 1, 0);
  const blank = text.length - text.trimStart().length;
  const from = Math.min(problem.column ?? blank, text.length);
  const to = Math.min(Math.max(problem.end_column ?? text.length, from + 1), text.length);
  return from < to ? { from: start + from, to: start + to } : { from: start, to: start + text.length };
}
