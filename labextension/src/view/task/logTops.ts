/** Where each line of a log begins, in heights of a line, when long lines wrap. Pure. */
import { stripped } from './ansi';
import type { ILogLine } from './logLines';

/** One more than there are lines: the last is the height of all. `columns` 0: nothing wraps. */
export function topsOf(lines: readonly ILogLine[], columns: number): Float64Array {
  const tops = new Float64Array(lines.length + 1);
  for (const [at, line] of lines.entries()) {
    const length = columns ? stripped(line.text).length : 0;
    tops[at + 1] = (tops[at] ?? 0) + (columns ? Math.max(1, Math.ceil(length / columns)) : 1);
  }
  return tops;
}

/** The last line that begins at or before `top`. */
export function lastBefore(tops: Float64Array, top: number): number {
  let low = 0;
  let high = Math.max(0, tops.length - 2);
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((tops[middle] ?? 0) <= top) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  return low;
}
