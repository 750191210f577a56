/** The commands that make sense without arguments, in the palette. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { CommandIDs } from '../commands';

const LISTED = [
  CommandIDs.showSidebar, CommandIDs.newFlow, CommandIDs.showFlow, CommandIDs.runFlow,
  CommandIDs.scheduleFlow, CommandIDs.backfillFlow, CommandIDs.openLatestRun, CommandIDs.compareRuns, CommandIDs.tagNotebook, CommandIDs.untagNotebook
];

/** Puts commands into the palette. */
export const palette: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-flow:palette',
  description: 'Lists the commands about flows in the palette.',
  autoStart: true,
  requires: [ICommandPalette],
  optional: [ITranslator],
  activate: (_app: JupyterFrontEnd, list: ICommandPalette, translator: ITranslator | null) => {
    const category = (translator ?? nullTranslator).load('jupyter_flow').__('Flows');
    LISTED.forEach(command => list.addItem({ command, category, args: { isPalette: true } }));
  }
};
