/** Runs side by side: a row for each task, a column for each run, a state in each field. Pure. */
import type { GridColumn, GridField, RunView } from './wire.gen';

export interface IGridRow {
  readonly task: string;
  /** One for each column; null where that run has no such task. */
  readonly fields: readonly (GridField | null)[];
}

export interface IGrid {
  readonly columns: readonly RunView[];
  readonly rows: readonly IGridRow[];
}

/** The grid of `runs`, in their order; its rows in the order of `tasks`, then what went away. */
export function gridOf(runs: readonly GridColumn[], tasks: readonly string[]): IGrid {
  const columns = runs.map(each => new Map(each.tasks.map(field => [field.task, field])));
  const gone = [...columns].reverse().flatMap(each => [...each.keys()]);
  const rows = [...new Set([...tasks, ...gone])].map(task => ({ task, fields: columns.map(each => each.get(task) ?? null) }));
  return { columns: runs.map(each => each.run), rows };
}
