/** Runs that are under way, among the running kernels and terminals; to shut one down is to cancel it. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { IRunningSessionManagers } from '@jupyterlab/running';
import type { IRunningSessions } from '@jupyterlab/running';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';

import { CommandIDs } from '../commands';
import type { RunView } from '../core/wire.gen';
import { runSign, tally, taskSign } from '../core/words';
import { IFlows } from '../tokens';
import { flowIcon } from './icons';
import { told } from './told';

/** Lists runs that are under way beside kernels and terminals. */
export const running: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-flow:running',
  description: 'Lists runs that are under way beside the running kernels and terminals.',
  autoStart: true,
  requires: [IFlows, IRunningSessionManagers],
  optional: [ITranslator],
  activate: (
    app: JupyterFrontEnd, flows: IFlows, managers: IRunningSessionManagers, translator: ITranslator | null
  ) => {
    const trans = (translator ?? nullTranslator).load('jupyter_flow');
    const manager: IRunningSessions.IManager = {
      name: trans.__('Flow Runs'),
      running: () => flows.runs.live.map(run => itemOf(run, app, flows, trans)),
      shutdownAll: () => flows.runs.live.forEach(run => told(flows.client.cancel(run.id))),
      refreshRunning: () => undefined,
      runningChanged: new Signal(flows.runs),
      shutdownLabel: trans.__('Cancel'),
      shutdownAllLabel: trans.__('Cancel All'),
      shutdownAllConfirmationText: trans.__('Cancel all runs that are under way?')
    };
    const changed = manager.runningChanged as Signal<unknown, void>;
    flows.runs.changed.connect(() => changed.emit());
    managers.add(manager);
    flows.runs.hold();
  }
};

function itemOf(run: RunView, app: JupyterFrontEnd, flows: IFlows, trans: TranslationBundle): IRunningSessions.IRunningItem {
  const sign = runSign(run.state);
  return {
    open: () => void app.commands.execute(CommandIDs.openRun, { run: run.id }),
    shutdown: () => told(flows.client.cancel(run.id)),
    icon: () => flowIcon,
    label: () => `${sign.symbol} ${run.flow}`,
    labelTitle: () => trans.__('%1, run %2: %3. %4', run.flow, run.id, sign.word, tally(run.tasks)),
    detail: () => trans._n('%2 of 1 task', '%2 of %1 tasks', total(run), over(run))
  };
}

function total(run: RunView): number {
  return Object.values(run.tasks).reduce((sum, number) => sum + number, 0);
}

/** How many of its tasks have come to their end. */
function over(run: RunView): number {
  const ended = Object.entries(run.tasks).filter(([state]) => taskSign(state).is_final);
  return total({ ...run, tasks: Object.fromEntries(ended) });
}
