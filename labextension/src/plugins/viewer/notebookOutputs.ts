/** What an executed notebook put out, cell by cell, up to date in place while it still runs. */
import type { INotebookContent } from '@jupyterlab/nbformat';
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { Panel } from '@lumino/widgets';

import { nameOf, shownCells } from './cells';
import { makeCell } from './cellWidgets';
import type { ICellWidget } from './cellWidgets';

export class NotebookOutputs extends Panel {
  constructor(private readonly _rendermime: IRenderMimeRegistry) {
    super();
    this.addClass('jp-Flow-outputs');
  }

  draw(notebook: INotebookContent): void {
    if (notebook === this._drawn) {
      return;
    }
    this._drawn = notebook;
    const before = this._cells;
    this._cells = new Map();
    shownCells(notebook).forEach(({ cell, number }, place) => {
      const name = nameOf(cell, place);
      const widget = before.get(name) ?? makeCell(cell, this._rendermime);
      before.delete(name);
      this._cells.set(name, widget);
      if (this.widgets[place] !== widget) {
        this.insertWidget(place, widget);
      }
      widget.draw(cell, number);
    });
    before.forEach(each => each.dispose());
  }

  private _drawn: INotebookContent | null = null;
  private _cells = new Map<string, ICellWidget>();
}
