/** The form for the parameters of a run, as a dialog. */
import type { TranslationBundle } from '@jupyterlab/translation';

import type { FlowClient } from '../api/client';
import type { FlowView } from '../core/wire.gen';
import { RunForm } from '../view/form/RunForm';
import { openForm } from './formDialog';

/** Ask for the parameters of *flow*, and run it; *then* gets the run's id. */
export function askForRun(flow: FlowView, client: FlowClient, then: (run: string) => void, trans: TranslationBundle): void {
  openForm(trans.__('Run %1', flow.name), ({ error, isBusy, send, cancel }) => (
    <RunForm
      flow={flow}
      error={error}
      isBusy={isBusy}
      onCancel={cancel}
      onStart={({ params, logical_date }) => send(async () => {
        then((await client.start({ flow: flow.address, params, logical_date })).run);
      })}
    />
  ));
}
