/** A flow's parameters as fields of a form: what can be typed, and what it means. Pure. */
import type { ParameterView } from '../../core/wire.gen';

export type FieldKind = 'text' | 'int' | 'float' | 'bool' | 'choice' | 'date' | 'datetime' | 'json';

export interface IField {
  readonly parameter: ParameterView;
  readonly kind: FieldKind;
  /** May it be None? */
  readonly isOptional: boolean;
  readonly choices: readonly unknown[];
}

export type Read = { readonly value: unknown } | { readonly problem: string } | null;

const KINDS: Readonly<Record<string, FieldKind>> = {
  int: 'int', float: 'float', bool: 'bool', str: 'text', Path: 'text', date: 'date', datetime: 'datetime', list: 'json', dict: 'json', tuple: 'json', set: 'json'
};

/** The field for a parameter, from its annotation: `int | None`, `Literal['a', 'b']`, `list[str]`. */
export function fieldOf(parameter: ParameterView): IField {
  const optional = /^Optional\[(.*)\]$/.exec(parameter.type);
  const parts = optional ? [optional[1] ?? '', 'None'] : split(parameter.type, '|');
  const types = parts.map(each => each.trim()).filter(each => each !== 'None');
  const isOptional = types.length < parts.length;
  const only = types.length === 1 ? (types[0] ?? '') : '';
  const literal = /^(?:typing\.)?Literal\[(.*)\]$/.exec(only);
  if (literal) {
    return { parameter, kind: 'choice', isOptional, choices: split(literal[1] ?? '', ',').map(literalOf) };
  }
  const bare = only.replace(/\[.*$/, '').replace(/^.*\./, '').toLowerCase();
  const kind = Object.entries(KINDS).find(([name]) => name.toLowerCase() === bare)?.[1] ?? (parameter.type ? 'json' : byDefault(parameter.default));
  return { parameter, kind, isOptional, choices: [] };
}

function byDefault(value: unknown): FieldKind {
  if (typeof value === 'boolean') {
    return 'bool';
  }
  if (typeof value === 'number') {
    return Number.isInteger(value) ? 'int' : 'float';
  }
  return typeof value === 'string' ? 'text' : 'json';
}

/** `text` cut at `mark`, but not within brackets and quotes. */
function split(text: string, mark: string): string[] {
  const parts = [''];
  let depth = 0;
  let quote = '';
  for (const char of text) {
    if (quote) {
      quote = char === quote ? '' : quote;
    } else if (char === '"' || char === "'") {
      quote = char;
    } else if ('[({'.includes(char)) {
      depth++;
    } else if ('])}'.includes(char)) {
      depth--;
    }
    if (char === mark && depth === 0 && !quote) {
      parts.push('');
    } else {
      parts[parts.length - 1] += char;
    }
  }
  return parts;
}

function literalOf(written: string): unknown {
  const text = written.trim();
  const quoted = /^(['"])(.*)\1$/.exec(text);
  if (quoted) {
    return quoted[2];
  }
  const named: Readonly<Record<string, unknown>> = { True: true, False: false, None: null };
  return text in named ? named[text] : Number(text);
}

/** The default as it would be typed. */
export function written(value: unknown): string {
  return typeof value === 'string' ? value : value === null || value === undefined ? '' : JSON.stringify(value);
}

/** What somebody typed: a value, what is wrong with it, or (null) the default is meant. */
export function readField(field: IField, typed: string): Read {
  const text = typed.trim();
  if (text === '' && (field.kind !== 'text' || typed === '')) {
    return field.parameter.is_required ? { problem: 'It is needed.' } : null;
  }
  switch (field.kind) {
    case 'int':
      return /^[+-]?\d[\d_]*$/.test(text) ? { value: Number(text.replaceAll('_', '')) } : { problem: 'A whole number, such as 20.' };
    case 'float':
      return text !== '' && Number.isFinite(Number(text)) ? { value: Number(text) } : { problem: 'A number, such as 0.5.' };
    case 'bool':
      return { value: text === 'true' };
    case 'choice':
      return { value: field.choices[Number(text)] };
    case 'date':
      return /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text)) ? { value: text } : { problem: 'A day, such as 2026-03-01.' };
    case 'datetime':
      return Number.isNaN(Date.parse(text)) ? { problem: 'A moment, such as 2026-03-01T06:00.' } : { value: text };
    case 'json':
      return readJson(field, text);
    default:
      return { value: typed };
  }
}

function readJson(field: IField, text: string): Read {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { problem: 'JSON, such as ["a", "b"] or {"a": 1}.' };
  }
  const type = field.parameter.type.toLowerCase();
  if (/^(list|tuple|set)\b/.test(type) && !Array.isArray(value)) {
    return { problem: 'A list, such as ["a", "b"].' };
  }
  if (/^dict\b/.test(type) && (value === null || typeof value !== 'object' || Array.isArray(value))) {
    return { problem: 'A table, such as {"a": 1}.' };
  }
  return { value };
}
