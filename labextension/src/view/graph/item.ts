import { artifactLine } from '../../core/artifacts';

/** What makes an instance of a mapped task this one: `model=forest`. */
export function item(given: Readonly<Record<string, unknown>>): string {
  return Object.entries(given)
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : (artifactLine(value) ?? JSON.stringify(value))}`)
    .join(' ');
}
