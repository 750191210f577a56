/** Tells when a run failed (or, if one likes, however it ended), with what to do about it. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { Notification } from '@jupyterlab/apputils';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import type { IDisposable } from '@lumino/disposable';

import { CommandIDs } from '../commands';
import type { RunView } from '../core/wire.gen';
import { runSign, tally } from '../core/words';
import { IFlows } from '../tokens';

/** Tells how runs ended. */
export const notifications: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-flow:notifications',
  description: 'Tells when a run failed, and offers to open or repair it.',
  autoStart: true,
  requires: [IFlows],
  optional: [ITranslator],
  activate: (app: JupyterFrontEnd, flows: IFlows, translator: ITranslator | null) => {
    const trans = (translator ?? nullTranslator).load('jupyter_flow');
    let held: IDisposable | null = null;
    const follow = (): void => {
      const before = held;
      held = flows.settings.notify === 'none' ? null : flows.runs.hold();
      before?.dispose();
    };
    flows.settingsChanged.connect(follow);
    follow();
    flows.runs.ended.connect((_, run) => {
      const { notify } = flows.settings;
      if (notify === 'all' || (notify === 'failed' && run.state === 'failed')) {
        notifyOf(run, app.commands, trans);
      }
    });
  }
};

function notifyOf(run: RunView, commands: CommandRegistry, trans: TranslationBundle): void {
  const isBad = run.state === 'failed';
  const open = {
    label: trans.__('Open'),
    caption: trans.__('Show the run'),
    callback: () => void commands.execute(CommandIDs.openRun, { run: run.id })
  };
  const repair = {
    label: trans.__('Repair'),
    caption: trans.__('Do again what did not succeed'),
    displayType: 'accent' as const,
    callback: () => void commands.execute(CommandIDs.repairRun, { run: run.id })
  };
  const text = `${run.flow} ${runSign(run.state).word}: ${tally(run.tasks)}`;
  Notification.emit(text, isBad ? 'error' : 'info', {
    autoClose: isBad ? false : 5000,
    actions: isBad ? [open, repair] : [open]
  });
}
