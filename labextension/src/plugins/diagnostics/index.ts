/** Checks `%%flow` cells while they are typed. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { EditorExtensionRegistry, IEditorExtensionRegistry } from '@jupyterlab/codemirror';
import { INotebookTracker } from '@jupyterlab/notebook';

import { IFlows } from '../../tokens';
import { flowDiagnostics } from './extension';
import type { IChecking } from './extension';

/** Shows what is wrong with flows as they are typed. */
export const diagnostics: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-flow:diagnostics',
  description: 'Underlines what is wrong with a %%flow cell, and says it below.',
  autoStart: true,
  requires: [IFlows, IEditorExtensionRegistry, INotebookTracker],
  activate: (
    _app: JupyterFrontEnd, flows: IFlows, editors: IEditorExtensionRegistry, notebooks: INotebookTracker
  ) => {
    const checking: IChecking = {
      delay: () => flows.settings.checkDelay,
      check: async ({ line, body }, dom) => {
        const panel = notebooks.find(each => each.node.contains(dom));
        if (!panel) {
          return null;
        }
        const { path } = panel.context;
        const at = panel.content.widgets.findIndex(each => each.node.contains(dom));
        try {
          const flow = await flows.client.check({ line, body, path: path.includes(':') ? '' : path, cell: at + 1 });
          return flow.problems;
        } catch {
          // Without a server there are no problems to tell of; other places say that it is gone.
          return null;
        }
      }
    };
    editors.addExtension({
      name: 'jupyter-flow:diagnostics',
      factory: ({ inline }) => inline ? EditorExtensionRegistry.createImmutableExtension(flowDiagnostics(checking)) : null
    });
  }
};
