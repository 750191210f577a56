/** Commands about runs: begin one (with a form for its parameters), cancel, repair. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import { CommandIDs, describedBy, textIn } from '../commands';
import type { FlowView } from '../core/wire.gen';
import { IFlows } from '../tokens';
import { INotebookPlace } from './notebookPlace';
import { askForRun } from './runForm';
import { tell, told } from './told';

/** Begins, cancels and repairs runs. */
export const runs: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-flow:runs',
  description: 'Commands that begin, cancel and repair runs.',
  autoStart: true,
  requires: [IFlows],
  optional: [INotebookPlace, ITranslator],
  activate: (
    app: JupyterFrontEnd, flows: IFlows, place: INotebookPlace | null, translator: ITranslator | null
  ) => {
    const { commands } = app;
    const trans = (translator ?? nullTranslator).load('jupyter_flow');
    const { client } = flows;

    const open = (run: string): void => void commands.execute(CommandIDs.openRun, { run });

    const start = async (args: ReadonlyPartialJSONObject): Promise<void> => {
      const flow = await client.flow(textIn(args, 'flow') ?? textIn(args, 'path') ?? place?.path ?? '');
      const params = args['params'];
      if (typeof params === 'object' && params !== null) {
        open((await client.start({ flow: flow.address, params: params as Record<string, unknown> })).run);
      } else if (mustAsk(flow)) {
        askForRun(flow, client, open, trans);
      } else {
        open((await client.start({ flow: flow.address })).run);
      }
    };

    commands.addCommand(CommandIDs.runFlow, {
      label: trans.__('Run the Flow'),
      caption: trans.__('Run the flow of the current notebook, or the one that is named'),
      describedBy: describedBy.runFlow,
      isEnabled: args => Boolean(textIn(args, 'flow') ?? textIn(args, 'path') ?? place?.path),
      execute: args => start(args).catch(tell)
    });
    const onRun = (id: string, label: string, what: (run: string, args: ReadonlyPartialJSONObject) => Promise<unknown>): void => {
      const described = id === CommandIDs.cancelRun ? describedBy.cancelRun : describedBy.repairRun;
      commands.addCommand(id, {
        label,
        describedBy: described,
        execute: args => told(what(textIn(args, 'run') ?? '', args))
      });
    };
    onRun(CommandIDs.cancelRun, trans.__('Cancel the Run'), (run, args) => client.cancel(run, { tasks: texts(args['tasks']) }));
    onRun(CommandIDs.repairRun, trans.__('Repair the Run'), run => client.repair(run));
  }
};

/** Whether there is something to ask, or to tell, before it is run. */
function mustAsk(flow: FlowView): boolean {
  return flow.params.length > 0 || flow.problems.some(each => each.severity === 'error');
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((each): each is string => typeof each === 'string') : [];
}
