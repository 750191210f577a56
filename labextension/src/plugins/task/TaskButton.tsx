/** The button on a notebook's tool bar: pressed, with the task's name, when it is one. */
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget, ToolbarButtonComponent } from '@jupyterlab/ui-components';

import { flowIcon } from '../icons';
import { isOnDrive } from '../drive/paths';
import { readEntry } from './entry';

export class TaskButton extends ReactWidget {
  constructor(private readonly _panel: NotebookPanel, private readonly _trans: TranslationBundle, private readonly _onClick: () => void) {
    super();
    this.addClass('jp-Flow-taskButton');
    void _panel.context.ready.then(() => {
      if (!this.isDisposed) {
        _panel.model?.metadataChanged.connect(() => this.update(), this);
        this.update();
      }
    });
  }

  protected override render(): JSX.Element | null {
    if (isOnDrive(this._panel.context.path)) {
      return null;
    }
    const entry = this._panel.context.isReady ? readEntry(this._panel.model?.metadata ?? {}) : null;
    const change = entry ? this._trans.__('Task %1: change how it is run', entry.task) : '';
    return (
      <ToolbarButtonComponent
        icon={flowIcon}
        label={entry?.task ?? ''}
        pressed={entry !== null}
        tooltip={change || this._trans.__('Make this notebook a task of a flow')}
        pressedTooltip={change}
        onClick={this._onClick}
      />
    );
  }
}
