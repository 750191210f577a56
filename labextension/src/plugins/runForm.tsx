/** The form for the parameters of a run, as a dialog. It stays until the server took the run. */
import { Dialog, ReactWidget } from '@jupyterlab/apputils';

import type { FlowClient } from '../api/client';
import { asRequestError } from '../api/errors';
import type { ErrorView, FlowView } from '../core/wire.gen';
import { RunForm } from '../view/form/RunForm';

/** Ask for the parameters of *flow*, and run it; *then* gets the run's id. */
export function askForRun(flow: FlowView, client: FlowClient, then: (run: string) => void): void {
  const form = new RunFormWidget(flow, client, run => {
    dialog.reject();
    then(run);
  }, () => dialog.reject());
  const dialog = new Dialog<void>({
    title: `Run ${flow.name}`,
    body: form,
    buttons: [],
    hasClose: true,
    focusNodeSelector: 'input, button'
  });
  dialog.addClass('jp-Flow-dialog');
  void dialog.launch();
}

class RunFormWidget extends ReactWidget {
  constructor(
    private readonly _flow: FlowView, private readonly _client: FlowClient,
    private readonly _then: (run: string) => void, private readonly _cancel: () => void
  ) {
    super();
    this.addClass('jp-Flow-dialogBody');
  }

  protected override render(): JSX.Element {
    return (
      <RunForm
        flow={this._flow}
        error={this._error}
        isBusy={this._isBusy}
        onCancel={this._cancel}
        onStart={({ params, logical_date }) => {
          void this._start({ ...params }, logical_date ?? null);
        }}
      />
    );
  }

  private async _start(params: Record<string, unknown>, logicalDate: string | null): Promise<void> {
    this._isBusy = true;
    this.update();
    try {
      const { run } = await this._client.start({ flow: this._flow.address, params, logical_date: logicalDate });
      this._then(run);
    } catch (error) {
      const { code, message, hint, problems } = asRequestError(error);
      this._error = { code, message, hint, problems: [...problems] };
    }
    this._isBusy = false;
    this.update();
  }

  private _error: ErrorView | null = null;
  private _isBusy = false;
}
