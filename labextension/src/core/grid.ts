/** Runs side by side: a row for each task, a column for each run, a state in each field. Pure. */
import type { RunPage, RunView, TaskRunView } from './wire.gen';
import { overall } from './words';

/** A task in one run. */
export interface IGridField {
  /** One state for all instances. */
  readonly state: string;
  /** How many instances; null for a task that is not mapped. */
  readonly instances: number | null;
  /** How many tries it took, all instances together. */
  readonly attempts: number;
}

export interface IGridRow {
  readonly task: string;
  /** One for each column; null where the flow of that run has no such task. */
  readonly fields: readonly (IGridField | null)[];
}

export interface IGrid {
  readonly columns: readonly RunView[];
  readonly rows: readonly IGridRow[];
}

/** The grid of `pages`, in their order; the rows in the order of the last flow that has them. */
export function gridOf(pages: readonly RunPage[]): IGrid {
  const columns = pages.map(fieldsOf);
  const rows = tasksOf(pages).map(task => ({ task, fields: columns.map(each => each.get(task) ?? null) }));
  return { columns: pages.map(each => each.run), rows };
}

/** All tasks that any run has: those of the last flow first, then those that went away. */
function tasksOf(pages: readonly RunPage[]): string[] {
  const names = [...pages].reverse().flatMap(page => page.flow.tasks.map(each => each.name));
  return [...new Set(names)];
}

// A page that did not change need not be looked at again.
const known = new WeakMap<RunPage, ReadonlyMap<string, IGridField>>();

function fieldsOf(page: RunPage): ReadonlyMap<string, IGridField> {
  const made = known.get(page) ?? newFields(page);
  known.set(page, made);
  return made;
}

function newFields(page: RunPage): ReadonlyMap<string, IGridField> {
  const grouped = new Map<string, TaskRunView[]>();
  for (const each of page.task_runs) {
    grouped.set(each.task, [...(grouped.get(each.task) ?? []), each]);
  }
  return new Map([...grouped].map(([task, taskRuns]) => [task, fieldOf(taskRuns)]));
}

function fieldOf(taskRuns: readonly TaskRunView[]): IGridField {
  return {
    state: overall(taskRuns.map(each => each.state)),
    instances: taskRuns.some(each => each.index !== null) ? taskRuns.length : null,
    attempts: taskRuns.reduce((sum, each) => sum + each.attempts.length, 0)
  };
}
