/** Terminal colours in a line of text, as parts with a class name each. Pure. */

export interface IPart {
  readonly text: string;
  /** Class names of `style/view.css`; empty for plain text. */
  readonly look: string;
}

const NAMES = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'];
// eslint-disable-next-line no-control-regex
const CODE = /\x1b\[([0-9;]*)m/g;
// eslint-disable-next-line no-control-regex
const OTHER = /\x1b(?:\[[0-9;?]*[A-Za-ln-z]|\][^\x07]*\x07|[@-Z\\^_])/g;

/** The line without any terminal codes. */
export function stripped(line: string): string {
  return line.includes('\x1b') ? line.replace(OTHER, '').replace(CODE, '') : line;
}

/** The line in parts; codes that mean no colour are left out. */
export function partsOf(line: string): readonly IPart[] {
  if (!line.includes('\x1b')) {
    return [{ text: line, look: '' }];
  }
  const clean = line.replace(OTHER, '');
  const parts: IPart[] = [];
  let look = new Set<string>();
  let from = 0;
  for (const found of clean.matchAll(CODE)) {
    add(parts, clean.slice(from, found.index), look);
    look = after(look, (found[1] ?? '').split(';').map(Number));
    from = found.index + found[0].length;
  }
  add(parts, clean.slice(from), look);
  return parts;
}

function add(parts: IPart[], text: string, look: ReadonlySet<string>): void {
  if (text) {
    parts.push({ text, look: [...look].map(each => `jp-Flow-ansi-${each}`).join(' ') });
  }
}

function after(look: ReadonlySet<string>, codes: readonly number[]): Set<string> {
  const next = new Set(look);
  for (let at = 0; at < codes.length; at++) {
    const code = codes[at] ?? 0;
    if (code === 38 || code === 48) {
      // Extended colours: passed over with what belongs to them.
      at += codes[at + 1] === 5 ? 2 : 4;
    } else if (code === 0) {
      next.clear();
    } else if (code === 1) {
      next.add('bold');
    } else if (code === 22) {
      next.delete('bold');
    } else if (code === 39 || isColour(code)) {
      NAMES.forEach(name => next.delete(name));
      const name = NAMES[(code % 10)];
      if (code !== 39 && name) {
        next.add(name);
      }
    }
  }
  return next;
}

function isColour(code: number): boolean {
  return (code >= 30 && code <= 37) || (code >= 90 && code <= 97);
}
