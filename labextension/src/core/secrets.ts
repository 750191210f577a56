/** Secrets among the parameters: their names stand there, and never what they are. */

/** A text with secrets: an object with this one key, texts and names by turns. */
const KEY = '$secret';

/** The text as the flow says it (`Bearer {{ secret("TOKEN") }}`); null for any other value. */
export function secretText(value: unknown): string | null {
  if (value === null || typeof value !== 'object' || Object.keys(value).length !== 1) {
    return null;
  }
  const parts: unknown = (value as Record<string, unknown>)[KEY];
  if (!Array.isArray(parts) || parts.length % 2 === 0 || !parts.every(part => typeof part === 'string')) {
    return null;
  }
  if (parts.length === 3 && parts[0] === '' && parts[2] === '') {
    return `secret("${parts[1]}")`;
  }
  return parts.map((part, at) => (at % 2 ? `{{ secret("${part}") }}` : part)).join('');
}
