/** Numbers as people read them. */

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'];

/** `1.4 GB`. */
export function bytes(size: number): string {
  let unit = 0;
  let left = size;
  while (left >= 1000 && unit < UNITS.length - 1) {
    left /= 1000;
    unit++;
  }
  return `${left < 10 && unit ? left.toFixed(1) : Math.round(left)} ${UNITS[unit] ?? ''}`;
}

/** A number short enough for a plot's label. */
export function brief(value: number): string {
  return Number.isInteger(value) && Math.abs(value) < 1e6 ? String(value) : String(Number(value.toPrecision(4)));
}
