/** A form in a dialog. It stays until what it asks for was done; why that was refused is shown on it. */
import { Dialog, ReactWidget } from '@jupyterlab/apputils';

import { asErrorView } from '../api/errors';
import type { ErrorView } from '../core/wire.gen';

/** How a form stands, and what it can do. */
export interface IFormState {
  /** Why the last try was refused. */
  readonly error: ErrorView | null;
  readonly isBusy: boolean;
  /** Do what the form asks for; the dialog closes when it is done. */
  readonly send: (doing: () => Promise<void>) => void;
  readonly cancel: () => void;
}

export function openForm(title: string, form: (state: IFormState) => JSX.Element): void {
  const body = new FormWidget(form, () => dialog.reject());
  const dialog = new Dialog<void>({ title, body, buttons: [], hasClose: true, focusNodeSelector: 'input, button' });
  dialog.addClass('jp-Flow-dialog');
  void dialog.launch();
}

class FormWidget extends ReactWidget {
  constructor(private readonly _form: (state: IFormState) => JSX.Element, private readonly _close: () => void) {
    super();
    this.addClass('jp-Flow-dialogBody');
  }

  protected override render(): JSX.Element {
    const Form = this._form;
    return <Form error={this._error} isBusy={this._isBusy} send={doing => void this._send(doing)} cancel={this._close} />;
  }

  private async _send(doing: () => Promise<void>): Promise<void> {
    this._isBusy = true;
    this.update();
    try {
      await doing();
      this._close();
    } catch (error) {
      this._error = asErrorView(error);
    }
    this._isBusy = false;
    this.update();
  }

  private _error: ErrorView | null = null;
  private _isBusy = false;
}
