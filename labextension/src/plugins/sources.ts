/** Opens the notebook that a task runs, at a cell; and a failed one as it was run, to look into it. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { Notification } from '@jupyterlab/apputils';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { NotebookActions, NotebookPanel } from '@jupyterlab/notebook';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { CommandIDs, describedBy, numberIn, textIn } from '../commands';
import { IFlows } from '../tokens';
import { findCell, reveal } from './reveal';
import { tell } from './told';

/** Opens sources. */
export const sources: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-flow:sources',
  description: 'Opens the source of a task at the cell that failed, or a copy that stops right before it.',
  autoStart: true,
  requires: [IFlows, IDocumentManager],
  optional: [ITranslator],
  activate: (
    app: JupyterFrontEnd, flows: IFlows, documents: IDocumentManager, translator: ITranslator | null
  ) => {
    const trans = (translator ?? nullTranslator).load('jupyter_flow');
    app.commands.addCommand(CommandIDs.openSource, {
      label: trans.__('Open the Source'),
      describedBy: describedBy.openSource,
      execute: async args => {
        try {
          const path = textIn(args, 'path') ?? '';
          const widget = documents.openOrReveal(path);
          const place = { cell: numberIn(args, 'cell'), cellId: textIn(args, 'cellId') };
          await reveal(widget, cells => findCell(cells, place));
        } catch (error) {
          tell(error);
        }
      }
    });
    app.commands.addCommand(CommandIDs.openAtFailure, {
      label: trans.__('Open at the Failure'),
      caption: trans.__('Open a copy with the parameters of this run: with its kernel if that was kept, else run up to the cell that failed'),
      describedBy: describedBy.openAtFailure,
      execute: async args => {
        try {
          const copy = await flows.client.debug({
            run: textIn(args, 'run') ?? '',
            task: textIn(args, 'task') ?? '',
            index: numberIn(args, 'index'),
            number: numberIn(args, 'number') ?? 1
          });
          const kernel = copy.kernel === null ? undefined : { id: copy.kernel };
          const widget = documents.openOrReveal(copy.path, 'default', kernel);
          const at = await reveal(widget, () => (copy.cell ?? 0) - 1);
          if (kernel) {
            Notification.info(trans.__('The kernel is that of the attempt, with its variables as they were.'), { autoClose: 8000 });
          } else if (widget instanceof NotebookPanel && at > 0) {
            await widget.sessionContext.ready;
            await NotebookActions.runAllAbove(widget.content, widget.sessionContext);
            widget.content.activeCellIndex = at;
          }
        } catch (error) {
          tell(error);
        }
      }
    });
  }
};
