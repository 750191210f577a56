/** Notebooks as tasks: a button on their tool bars, and commands that tag and untag them. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { IToolbarWidgetRegistry } from '@jupyterlab/apputils';
import { INotebookTracker } from '@jupyterlab/notebook';
import type { NotebookPanel } from '@jupyterlab/notebook';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import { CommandIDs, describedBy, textIn } from '../../commands';
import { IFlows } from '../../tokens';
import { isOnDrive } from '../drive/paths';
import { INotebookPlace } from '../notebookPlace';
import { tell } from '../told';
import { ClosedNotebook, OpenNotebook } from './targets';
import type { ITarget } from './targets';
import { TaskButton } from './TaskButton';
import { askForTask } from './taskDialog';

/** Tags notebooks as tasks. */
export const task: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-flow:task',
  description: 'Tags notebooks as tasks, from their tool bars and by commands.',
  autoStart: true,
  requires: [IFlows],
  optional: [INotebookPlace, INotebookTracker, IToolbarWidgetRegistry, ITranslator],
  activate: (
    app: JupyterFrontEnd, flows: IFlows, place: INotebookPlace | null, notebooks: INotebookTracker | null,
    toolbars: IToolbarWidgetRegistry | null, translator: ITranslator | null
  ) => {
    const trans = (translator ?? nullTranslator).load('jupyter_flow');
    const then = (): void => flows.flows.nudge();

    const meant = (args: ReadonlyPartialJSONObject): string | null =>
      textIn(args, 'path') ?? (args['isContextMenu'] ? place?.chosen : place?.path) ?? null;
    const target = (args: ReadonlyPartialJSONObject): ITarget => {
      const path = meant(args) ?? '';
      const open = notebooks?.find(each => each.context.path === path);
      return open ? new OpenNotebook(open, flows.client) : new ClosedNotebook(path, flows.client);
    };
    const isEnabled = (args: ReadonlyPartialJSONObject): boolean => {
      const path = meant(args);
      return path !== null && !isOnDrive(path);
    };

    app.commands.addCommand(CommandIDs.tagNotebook, {
      label: args => args['isContextMenu'] ? trans.__('Task of a Flow…') : trans.__('Make the Notebook a Task…'),
      caption: trans.__('Tag the notebook as a task of flows, or change how it is run'),
      describedBy: describedBy.tagNotebook,
      isEnabled,
      execute: args => askForTask(target(args), then, trans).catch(tell)
    });
    app.commands.addCommand(CommandIDs.untagNotebook, {
      label: trans.__('Not a Task any More'),
      caption: trans.__('Take the tag of a task away from the notebook'),
      describedBy: describedBy.untagNotebook,
      isEnabled,
      execute: args => target(args).untag().then(then, tell)
    });
    toolbars?.addFactory<NotebookPanel>('Notebook', 'jupyterFlowTask', panel => {
      return new TaskButton(panel, trans, () => {
        askForTask(new OpenNotebook(panel, flows.client), then, trans).catch(tell);
      });
    });
  }
};
