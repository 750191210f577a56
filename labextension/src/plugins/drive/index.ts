/** Opens executed notebooks in normal notebook tabs, read only and without a kernel. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { INotebookTracker } from '@jupyterlab/notebook';
import type { NotebookPanel } from '@jupyterlab/notebook';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { CommandIDs, describedBy, numberIn, textIn } from '../../commands';
import { IFlows } from '../../tokens';
import { findCell, reveal } from '../reveal';
import { tell } from '../told';
import { FlowDrive } from './FlowDrive';
import { isOnDrive, pathOf } from './paths';

/** Serves executed notebooks as a drive. */
export const drive: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-flow:drive',
  description: 'Opens executed notebooks, which lie in a hidden folder, in read-only tabs.',
  autoStart: true,
  requires: [IFlows, IDocumentManager],
  optional: [INotebookTracker, ITranslator],
  activate: (
    app: JupyterFrontEnd, flows: IFlows, documents: IDocumentManager,
    notebooks: INotebookTracker | null, translator: ITranslator | null
  ) => {
    const trans = (translator ?? nullTranslator).load('jupyter_flow');
    const { contents, serverSettings } = app.serviceManager;
    contents.addDrive(new FlowDrive(flows.client, serverSettings));
    notebooks?.widgetAdded.connect((_, panel) => {
      if (isOnDrive(panel.context.path)) {
        onlyShow(panel);
      }
    });
    app.commands.addCommand(CommandIDs.openExecuted, {
      label: trans.__('Open the Executed Notebook'),
      describedBy: describedBy.openExecuted,
      execute: async args => {
        const [run, task, number] = [textIn(args, 'run'), textIn(args, 'task'), numberIn(args, 'number')];
        if (!run || !task || !number) {
          throw new Error('The command needs a run, a task and the number of an attempt.');
        }
        const path = pathOf({ run, task, index: numberIn(args, 'index'), number });
        const widget = documents.openOrReveal(path, 'Notebook', { name: undefined });
        const place = { cell: numberIn(args, 'cell'), cellId: textIn(args, 'cellId') };
        await reveal(widget, cells => findCell(cells, place)).catch(tell);
      }
    });
  }
};

/** It shows what was, so it gets no kernel. */
function onlyShow(panel: NotebookPanel): void {
  const session = panel.sessionContext;
  session.kernelPreference = { ...session.kernelPreference, shouldStart: false, canStart: false, autoStartDefault: false };
  panel.addClass('jp-Flow-executed');
}
