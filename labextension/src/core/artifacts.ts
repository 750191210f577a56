/** Files among the values: how a task's artifact stands there, and the line that tells of it. */

/** A value that is a file: an object with this one key. */
const KEY = '$artifact';
const UNITS = ['kB', 'MB', 'GB', 'TB'] as const;

/** What an artifact is, in one line (`parquet, 1,234 rows x 8, 56 kB`); null for any other value. */
export function artifactLine(value: unknown): string | null {
  if (!isObject(value) || Object.keys(value).length !== 1) {
    return null;
  }
  const said = value[KEY];
  if (!isObject(said) || typeof said['format'] !== 'string' || typeof said['size'] !== 'number') {
    return null;
  }
  const preview = said['preview'];
  const summary = isObject(preview) && typeof preview['summary'] === 'string' ? preview['summary'] : '';
  return [said['format'], summary, bytesInWords(said['size'])].filter(part => part !== '').join(', ');
}

/** The name that a file among the values has in the store, and one to save it as; null for any other value. */
export function artifactFile(value: unknown): { readonly file: string; readonly name: string } | null {
  const said = artifactLine(value) === null ? null : (value as Record<string, unknown>)[KEY];
  if (!isObject(said) || typeof said['digest'] !== 'string') {
    return null;
  }
  const name = typeof said['name'] === 'string' ? said['name'] : '';
  return { file: `${said['digest']}.${String(said['format'])}`, name: name.split('/').pop() ?? '' };
}

/** A number of bytes, for people. */
export function bytesInWords(size: number): string {
  if (size < 1000) {
    return `${size} B`;
  }
  let amount = size / 1000;
  let unit = 0;
  while (amount >= 999.5 && unit < UNITS.length - 1) {
    amount /= 1000;
    unit += 1;
  }
  return `${amount.toFixed(amount < 9.95 ? 1 : 0)} ${UNITS[unit]}`;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
