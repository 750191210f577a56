/** Cells of an executed notebook, as a screen compares and shows them. Pure. */
import { isCode, isDisplayData, isExecuteResult, isStream } from '@jupyterlab/nbformat';
import type { ICell, ICodeCell, INotebookContent, IOutput } from '@jupyterlab/nbformat';

/** Text as notebooks have it: whole, or cut into lines. */
export function textOf(source: string | readonly string[]): string {
  return typeof source === 'string' ? source : source.join('');
}

/** What says that two cells are the same one, before and after: its id, or its place. */
export function nameOf(cell: ICell, place: number): string {
  const id = (cell as { id?: unknown }).id;
  return `${cell.cell_type} ${typeof id === 'string' ? id : place}`;
}

/** Outputs as they are shown: lines put together, and consecutive texts of one stream as one. */
export function merged(outputs: readonly IOutput[]): IOutput[] {
  const whole: IOutput[] = [];
  for (const output of outputs.map(joined)) {
    const last = whole.at(-1);
    if (isStream(output) && last && isStream(last) && last.name === output.name) {
      whole[whole.length - 1] = { ...last, text: textOf(last.text) + textOf(output.text) };
    } else {
      whole.push(output);
    }
  }
  return whole;
}

/** Files have texts cut into lines, screens want them whole. */
function joined(output: IOutput): IOutput {
  if (isStream(output)) {
    return { ...output, text: textOf(output.text) };
  }
  if (isExecuteResult(output) || isDisplayData(output)) {
    const data = Object.entries(output.data).map(([type, value]) => [type, isLines(value) ? value.join('') : value]);
    return { ...output, data: Object.fromEntries(data) as typeof output.data };
  }
  return output;
}

function isLines(value: unknown): value is string[] {
  return Array.isArray(value) && value.every(each => typeof each === 'string');
}

/** How many outputs at the beginning are the same. */
export function sameAtFirst(before: readonly IOutput[], after: readonly IOutput[]): number {
  const most = Math.min(before.length, after.length);
  for (let at = 0; at < most; at += 1) {
    if (JSON.stringify(before[at]) !== JSON.stringify(after[at])) {
      return at;
    }
  }
  return most;
}

/** What a cell is called where it is folded: the first line of its code that says something. */
export function headline(cell: ICodeCell): string {
  const lines = textOf(cell.source).split('\n').map(line => line.trim());
  return lines.find(line => line && !line.startsWith('#')) ?? lines.find(Boolean) ?? '';
}

/** Why a cell is there that its author did not write, if so. */
export function remarkOn(cell: ICell): string {
  return isTagged(cell, INJECTED) ? 'parameters of this run' : isTagged(cell, 'parameters') ? 'parameters' : '';
}

/** A cell, and which of all cells of the source it is, from 1; null for one that the source does not have. */
export interface IShownCell {
  readonly cell: ICell;
  readonly number: number | null;
}

/** Code cells, and the cells of text between them; numbered as failures, logs and progress number them. */
export function shownCells(notebook: INotebookContent): IShownCell[] {
  let last = 0;
  const numbered = notebook.cells.map(cell => ({ cell, number: isTagged(cell, INJECTED) ? null : (last += 1) }));
  return numbered.filter(({ cell }) => isCode(cell) ? textOf(cell.source).trim() !== '' : cell.cell_type === 'markdown');
}

const INJECTED = 'injected-parameters';

function isTagged(cell: ICell, tag: string): boolean {
  const tags = cell.metadata['tags'];
  return Array.isArray(tags) && tags.includes(tag);
}
