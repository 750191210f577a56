/** A new flow: a notebook with a `%%flow` cell in it; and its card in the launcher. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { IDefaultFileBrowser } from '@jupyterlab/filebrowser';
import { ILauncher } from '@jupyterlab/launcher';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { CommandIDs, describedBy, textIn } from '../commands';
import { flowIcon } from './icons';
import { newFlowNotebook } from './newFlow';
import { tell } from './told';

/** Makes a notebook with a flow in it. */
export const launcher: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-flow:launcher',
  description: 'Adds a card to the launcher that makes a notebook with a flow in it.',
  autoStart: true,
  optional: [ILauncher, IDefaultFileBrowser, ITranslator],
  activate: (
    app: JupyterFrontEnd, cards: ILauncher | null, browser: IDefaultFileBrowser | null, translator: ITranslator | null
  ) => {
    const trans = (translator ?? nullTranslator).load('jupyter_flow');
    const { contents } = app.serviceManager;
    app.commands.addCommand(CommandIDs.newFlow, {
      label: args => args['isLauncher'] ? trans.__('Flow') : trans.__('New Flow'),
      caption: trans.__('Make a notebook with a flow in it'),
      icon: args => args['isPalette'] ? undefined : flowIcon,
      describedBy: describedBy.newFlow,
      execute: async args => {
        try {
          const folder = textIn(args, 'cwd') ?? browser?.model.path ?? '';
          const { path } = await contents.newUntitled({ path: folder, type: 'notebook' });
          await contents.save(path, { type: 'notebook', format: 'json', content: newFlowNotebook() });
          await app.commands.execute('docmanager:open', { path, factory: 'Notebook' });
        } catch (error) {
          tell(error);
        }
      }
    });
    cards?.add({ command: CommandIDs.newFlow, args: { isLauncher: true }, category: trans.__('Other'), rank: 3 });
  }
};
