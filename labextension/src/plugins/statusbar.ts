/** How many runs are under way, at the bottom of the window; a click shows them. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { IStatusBar } from '@jupyterlab/statusbar';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { CommandIDs } from '../commands';
import { IFlows } from '../tokens';
import { CountsWidget } from './CountsWidget';

/** Counts running and queued runs. */
export const statusbar: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-flow:statusbar',
  description: 'Counts the runs that are under way in the status bar.',
  autoStart: true,
  requires: [IFlows, IStatusBar],
  optional: [ITranslator],
  activate: (app: JupyterFrontEnd, flows: IFlows, bar: IStatusBar, translator: ITranslator | null) => {
    const trans = (translator ?? nullTranslator).load('jupyter_flow');
    const item = new CountsWidget(flows.runs, trans, () => void app.commands.execute(CommandIDs.showSidebar));
    bar.registerStatusItem('jupyter-flow:runs', {
      item,
      align: 'left',
      rank: 20,
      isActive: () => item.isOfUse,
      activeStateChanged: flows.runs.changed
    });
    // The bar hides it while it is of no use, so it cannot know by itself when it is again.
    flows.runs.hold();
  }
};
