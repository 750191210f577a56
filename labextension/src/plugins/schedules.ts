/** Commands about times: have a flow run by itself, fill in its past, let a schedule rest, take it away. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { Dialog, showDialog } from '@jupyterlab/apputils';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import { CommandIDs, describedBy, textIn } from '../commands';
import { IFlows } from '../tokens';
import { INotebookPlace } from './notebookPlace';
import { askForBackfill, askForSchedule } from './timeForms';
import { told } from './told';

/** Schedules flows and fills in their past. */
export const schedules: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-flow:schedules',
  description: 'Commands that schedule flows, fill in their past, and pause schedules.',
  autoStart: true,
  requires: [IFlows],
  optional: [INotebookPlace, ITranslator],
  activate: (
    app: JupyterFrontEnd, flows: IFlows, place: INotebookPlace | null, translator: ITranslator | null
  ) => {
    const { commands } = app;
    const trans = (translator ?? nullTranslator).load('jupyter_flow');
    const addressIn = (args: ReadonlyPartialJSONObject): string =>
      textIn(args, 'flow') ?? textIn(args, 'path') ?? place?.path ?? '';

    const addAsking = (id: 'scheduleFlow' | 'backfillFlow', label: string, caption: string, ask: typeof askForSchedule): void => {
      commands.addCommand(CommandIDs[id], {
        label,
        caption,
        describedBy: describedBy[id],
        isEnabled: args => addressIn(args) !== '',
        execute: args => told(flows.client.flow(addressIn(args)).then(flow => ask(flow, textIn(args, 'name'), flows, trans)))
      });
    };
    addAsking(
      'scheduleFlow', trans.__('Schedule the Flow…'),
      trans.__('Have the flow of the current notebook, or the one that is named, run by itself'), askForSchedule
    );
    addAsking(
      'backfillFlow', trans.__('Backfill the Flow…'),
      trans.__('Make runs of the flow for times that passed'), askForBackfill
    );

    const onSchedule = (id: 'pauseSchedule' | 'resumeSchedule' | 'unschedule', label: string, act: (name: string) => Promise<void>): void => {
      commands.addCommand(CommandIDs[id], {
        label, describedBy: describedBy[id], execute: args => told(act(textIn(args, 'name') ?? ''))
      });
    };
    onSchedule('pauseSchedule', trans.__('Pause the Schedule'), name => flows.schedules.pause(name));
    onSchedule('resumeSchedule', trans.__('Resume the Schedule'), name => flows.schedules.resume(name));
    onSchedule('unschedule', trans.__('Unschedule'), async name => {
      const { button } = await showDialog({
        title: trans.__('Take the schedule %1 away?', name),
        body: trans.__('The flow does not run by itself any more. Its runs stay.'),
        buttons: [Dialog.cancelButton(), Dialog.warnButton({ label: trans.__('Unschedule') })]
      });
      if (button.accept) {
        await flows.schedules.remove(name);
      }
    });
  }
};
