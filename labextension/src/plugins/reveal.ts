/** Scrolls a notebook to a cell, once it is there: by the cell's id, else by its place among all cells. */
import { NotebookPanel } from '@jupyterlab/notebook';
import type { Widget } from '@lumino/widgets';

export interface IPlace {
  /** Among all cells of the source, from 1. */
  readonly cell: number | null;
  readonly cellId: string | null;
}

/** What is asked of a cell to find it. */
export interface IFoundCell {
  readonly id: string;
  getMetadata(key: string): unknown;
}

/** The place of the cell among all cells, from 0; -1 when it is not there (any more). */
export function findCell(cells: Iterable<IFoundCell>, { cell, cellId }: IPlace): number {
  const all = [...cells];
  const byId = cellId === null ? -1 : all.findIndex(each => each.id === cellId);
  if (byId >= 0 || cell === null) {
    return byId;
  }
  // In an executed notebook a cell stands that its source does not have.
  const own = all.filter(each => !isInjected(each))[cell - 1];
  return own ? all.indexOf(own) : -1;
}

function isInjected(cell: IFoundCell): boolean {
  const tags = cell.getMetadata('tags');
  return Array.isArray(tags) && tags.includes('injected-parameters');
}

/** Go to the cell that *find* finds in *widget*, if that is a notebook; tells which it is, or -1. */
export async function reveal(
  widget: Widget | undefined, find: (cells: Iterable<IFoundCell>) => number
): Promise<number> {
  if (!(widget instanceof NotebookPanel)) {
    return -1;
  }
  await widget.context.ready;
  await widget.revealed;
  const { content, model } = widget;
  const at = model ? find(model.cells) : -1;
  if (at >= 0) {
    content.deselectAll();
    content.activeCellIndex = at;
    await content.scrollToItem(at, 'smart');
  }
  return at;
}
