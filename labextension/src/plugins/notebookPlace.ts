/** Where a person is: the notebook that a command means when it names none. */
import { IDefaultFileBrowser, IFileBrowserFactory } from '@jupyterlab/filebrowser';
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { INotebookTracker } from '@jupyterlab/notebook';
import { Token } from '@lumino/coreutils';

export interface INotebookPlace {
  /** The notebook in front; null when there is none. */
  readonly path: string | null;
  /** The notebook that is chosen in the file browser; null when there is none, or several. */
  readonly chosen: string | null;
}

export const INotebookPlace = new Token<INotebookPlace>(
  'jupyter-flow:INotebookPlace', 'The notebook that commands mean when they name none.'
);

/** Knows the notebook in front, and the one chosen in the file browser. */
export const notebookPlace: JupyterFrontEndPlugin<INotebookPlace> = {
  id: 'jupyter-flow:notebook-place',
  description: 'Knows which notebook commands mean when they name none.',
  autoStart: true,
  optional: [INotebookTracker, IFileBrowserFactory, IDefaultFileBrowser],
  provides: INotebookPlace,
  activate: (
    app: JupyterFrontEnd, notebooks: INotebookTracker | null,
    browsers: IFileBrowserFactory | null, browser: IDefaultFileBrowser | null
  ) => ({
    get path() {
      const current = notebooks?.currentWidget ?? null;
      return current && current === app.shell.currentWidget ? current.context.path : null;
    },
    get chosen() {
      const shown = browsers?.tracker.currentWidget ?? browser;
      const items = shown ? [...shown.selectedItems()] : [];
      const [only] = items;
      return items.length === 1 && only?.type === 'notebook' ? only.path : null;
    }
  })
};
