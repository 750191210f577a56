/**
 * The tag of a notebook as a form shows it and its metadata hold it: the entry `jupyter_flow`, in the
 * shape that `jupyter flow tag` writes. Pure. What the server knows better (whether a name is free) it
 * is asked afterwards.
 */
import type { PartialJSONObject, ReadonlyPartialJSONObject } from '@lumino/coreutils';

export const KEY = 'jupyter_flow';

/** The tag as a person types it; empty texts for what is not said. */
export interface ITaskEntry {
  readonly task: string;
  readonly description: string;
  readonly retries: string;
  readonly timeout: string;
  readonly trigger: string;
}

/** The rules of when a task may start, with their meanings. The first is what holds without one. */
export const TRIGGERS: Readonly<Record<string, string>> = {
  all_success: 'everything it needs succeeded',
  all_failed: 'everything it needs failed',
  all_done: 'everything it needs has ended, however',
  all_done_min_one_success: 'everything has ended, nothing was skipped, at least one succeeded',
  all_done_setup_success: 'for clean-up: everything has ended, and a set-up task succeeded',
  one_success: 'as soon as one succeeded',
  one_failed: 'as soon as one failed',
  one_done: 'as soon as one succeeded or failed',
  none_failed: 'everything has ended and nothing failed',
  none_failed_min_one_success: 'nothing failed, and at least one succeeded',
  none_skipped: 'everything has ended and nothing was skipped',
  all_skipped: 'everything was skipped',
  always: 'at once, whatever the others do'
};

const RESERVED = ['flow', 'http', 'notebook', 'params', 'python', 'secret', 'shell', 'sql', 'wait_for'];
const OURS = ['task', 'description', 'retries', 'timeout', 'trigger'] as const;

/** The tag in a notebook's metadata; null when it has none. */
export function readEntry(metadata: ReadonlyPartialJSONObject): ITaskEntry | null {
  const raw = metadata[KEY];
  if (!isObject(raw) || typeof raw['task'] !== 'string') {
    return null;
  }
  const text = (name: string): string => {
    const value = raw[name];
    return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  };
  return {
    task: raw['task'],
    description: text('description'),
    retries: text('retries'),
    timeout: text('timeout'),
    trigger: text('trigger')
  };
}

/** The metadata of that tag. What the form does not show, other options, stays as it is in *before*. */
export function writeEntry(before: unknown, entry: ITaskEntry): PartialJSONObject {
  const kept = isObject(before) ? Object.entries(before).filter(([name]) => !isOurs(name)) : [];
  const said: PartialJSONObject = { task: entry.task.trim() };
  if (entry.description.trim()) {
    said['description'] = entry.description.trim();
  }
  for (const [name, value] of kept) {
    said[name] = value as PartialJSONObject[string];
  }
  if (entry.retries.trim()) {
    said['retries'] = Number(entry.retries);
  }
  if (entry.timeout.trim()) {
    said['timeout'] = entry.timeout.trim();
  }
  if (entry.trigger) {
    said['trigger'] = entry.trigger;
  }
  return said;
}

/** Why it cannot be, by field; nothing when it can. */
export function wrongWith(entry: ITaskEntry): Partial<Record<keyof ITaskEntry, string>> {
  const wrong: Partial<Record<keyof ITaskEntry, string>> = {};
  const name = entry.task.trim();
  if (!/^[\p{L}_][\p{L}\p{N}_]*$/u.test(name)) {
    wrong.task = 'Use letters, digits and underscores, not beginning with a digit.';
  } else if (RESERVED.includes(name)) {
    wrong.task = `"${name}" means something else in a flow.`;
  } else if (name.startsWith('__')) {
    wrong.task = 'It cannot begin with two underscores.';
  }
  if (entry.retries.trim() && !/^\d+$/.test(entry.retries.trim())) {
    wrong.retries = 'A whole number, 0 or more.';
  }
  if (entry.timeout.trim() && !/^(\d+(\.\d+)?\s*(s|m|h|d|w)?\s*)+$/.test(entry.timeout.trim())) {
    wrong.timeout = 'A length of time, as in 90s, 20m or 1h30m.';
  }
  return wrong;
}

function isOurs(name: string): boolean {
  return (OURS as readonly string[]).includes(name);
}

function isObject(value: unknown): value is ReadonlyPartialJSONObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
