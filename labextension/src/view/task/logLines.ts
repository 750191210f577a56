/**
 * The lines of an attempt's log, read: `2026-03-01T12:00:00.123Z  [3/7] out | epoch 1`. Pure.
 *
 * A log only grows, so what was read once is not read again.
 */

export interface ILogLine {
  /** The moment, as it stands in the log; empty for a line in another form. */
  readonly at: string;
  /** Which cell of the notebook, of how many: `3/7`. */
  readonly cell: string;
  /** `out`, `err`, `res`, `tb`, `sys`, `--`; empty for a line in another form. */
  readonly kind: string;
  readonly text: string;
}

export interface ILogRead {
  readonly source: string;
  /** Where the first line begins that had no end yet. */
  readonly rest: number;
  readonly lines: readonly ILogLine[];
}

export const emptyLog: ILogRead = { source: '', rest: 0, lines: [] };

const LINE = /^(\d{4}-\d\d-\d\dT[\d:.]+Z?)\s+(?:\[(\d+\/\d+)\]\s+)?(\S+)\s*\| ?(.*)$/;

/** `source` as lines; `before` is what was read of its beginning. */
export function readLog(source: string, before: ILogRead = emptyLog): ILogRead {
  if (source === before.source) {
    return before;
  }
  const goesOn = before.rest > 0 && source.length > before.source.length && source.startsWith(before.source.slice(0, before.rest));
  const from = goesOn ? before.rest : 0;
  const texts = source.slice(from).split('\n');
  const last = texts.pop() ?? '';
  const kept = goesOn ? before.lines.slice(0, ended(before)) : [];
  const lines = kept.concat(texts.map(readLine));
  const rest = source.length - last.length;
  return { source, rest, lines: last ? [...lines, readLine(last)] : lines };
}

/** How many of the lines had an end. */
function ended(read: ILogRead): number {
  return read.rest < read.source.length ? read.lines.length - 1 : read.lines.length;
}

function readLine(text: string): ILogLine {
  const found = LINE.exec(text);
  return found
    ? { at: found[1] ?? '', cell: found[2] ?? '', kind: found[3] ?? '', text: found[4] ?? '' }
    : { at: '', cell: '', kind: '', text };
}
