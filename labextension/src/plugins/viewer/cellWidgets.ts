/** A cell of an executed notebook on the screen: rendered text, or folded code with its outputs. */
import { isCode } from '@jupyterlab/nbformat';
import type { ICell, ICodeCell, IOutput } from '@jupyterlab/nbformat';
import { OutputAreaModel, SimplifiedOutputArea } from '@jupyterlab/outputarea';
import { MimeModel } from '@jupyterlab/rendermime';
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { Panel, Widget } from '@lumino/widgets';

import { headline, merged, remarkOn, sameAtFirst, textOf } from './cells';

export interface ICellWidget extends Widget {
  /** Show the cell, the *number*th of its source, as it is now; what did not change stays on the screen. */
  draw(cell: ICell, number: number | null): void;
}

export function makeCell(cell: ICell, rendermime: IRenderMimeRegistry): ICellWidget {
  return isCode(cell) ? new CodeCellView(rendermime) : new TextCellView(rendermime);
}

class TextCellView extends Panel {
  constructor(private readonly _rendermime: IRenderMimeRegistry) {
    super();
    this.addClass('jp-Flow-textCell');
  }

  draw(cell: ICell): void {
    const source = textOf(cell.source);
    if (source === this._source) {
      return;
    }
    this._source = source;
    this._renderer ??= this._make();
    void this._renderer.renderModel(new MimeModel({ data: { 'text/markdown': source }, trusted: false }));
  }

  private _make(): ReturnType<IRenderMimeRegistry['createRenderer']> {
    const renderer = this._rendermime.createRenderer('text/markdown');
    this.addWidget(renderer);
    return renderer;
  }

  private _source: string | null = null;
  private _renderer: ReturnType<IRenderMimeRegistry['createRenderer']> | null = null;
}

class CodeCellView extends Panel {
  constructor(rendermime: IRenderMimeRegistry) {
    super();
    this.addClass('jp-Flow-codeCell');
    // Never trusted: what a notebook put out is shown, and does nothing.
    this._model = new OutputAreaModel({ trusted: false });
    this.addWidget(this._head);
    this.addWidget(new SimplifiedOutputArea({ model: this._model, rendermime }));
  }

  override dispose(): void {
    super.dispose();
    this._model.dispose();
  }

  draw(cell: ICell, number: number | null): void {
    this._head.draw(cell as ICodeCell, number);
    const outputs = merged((cell as ICodeCell).outputs);
    const same = sameAtFirst(this._outputs, outputs);
    if (outputs.length < this._outputs.length) {
      this._model.fromJSON(outputs);
    } else {
      outputs.slice(same).forEach((output, at) => this._put(same + at, output));
    }
    this._outputs = outputs;
    this.toggleClass('jp-mod-empty', outputs.length === 0);
  }

  private _put(at: number, output: IOutput): void {
    if (at < this._model.length) {
      this._model.set(at, output);
    } else {
      this._model.add(output);
    }
  }

  private readonly _model: OutputAreaModel;
  private readonly _head = new CodeHead();
  private _outputs: readonly IOutput[] = [];
}

/** The code, folded to its first line. */
class CodeHead extends Widget {
  constructor() {
    super();
    this.addClass('jp-Flow-cellHead');
    const details = document.createElement('details');
    const line = document.createElement('summary');
    line.append(this._count, this._line, this._remark);
    details.append(line, this._code);
    this._count.className = 'jp-Flow-cellCount';
    this._line.className = 'jp-Flow-cellLine';
    this._remark.className = 'jp-Flow-cellRemark';
    this._code.className = 'jp-Flow-cellCode';
    this.node.append(details);
  }

  draw(cell: ICodeCell, number: number | null): void {
    this._count.textContent = number === null ? '' : `${number}`;
    this._count.title = number === null ? '' : `cell ${number}`;
    this._line.textContent = headline(cell);
    this._remark.textContent = remarkOn(cell);
    this._code.textContent = textOf(cell.source);
  }

  private readonly _count = document.createElement('span');
  private readonly _line = document.createElement('code');
  private readonly _remark = document.createElement('span');
  private readonly _code = document.createElement('pre');
}
