/** Runs and flows as tabs of the main area: as many as one likes, there again after a reload. */
import { ILayoutRestorer } from '@jupyterlab/application';
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { WidgetTracker } from '@jupyterlab/apputils';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import { CommandIDs, describedBy, textIn } from '../../commands';
import { IFlows } from '../../tokens';
import { INotebookPlace } from '../notebookPlace';
import type { RunTab } from '../../view/RunView';
import { flowIcon } from '../icons';
import { tell } from '../told';
import { FlowWidget } from './FlowWidget';
import { otherRuns } from './otherRuns';
import { runActions } from './runActions';
import { addRunCommands } from './runCommands';
import type { ILook } from './RunScreen';
import { RunWidget } from './RunWidget';

const TABS: readonly string[] = ['graph', 'timeline', 'grid', 'values', 'compare'] satisfies RunTab[];
const AT_FIRST: ILook = { task: null, tab: 'graph', other: null };

/** What *args* say about what is to be looked at. */
function lookIn(args: ReadonlyPartialJSONObject): Partial<ILook> {
  const [task, tab, other] = [textIn(args, 'task'), textIn(args, 'tab'), textIn(args, 'other')];
  return { ...(task && { task }), ...(tab && TABS.includes(tab) && { tab: tab as RunTab }), ...(other && { other }) };
}

/** Shows a flow in a tab of the main area. */
export const drawing: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-flow:drawing',
  description: 'Draws flows as they are written in tabs of the main area.',
  autoStart: true,
  requires: [IFlows],
  optional: [INotebookPlace, ILayoutRestorer, ITranslator],
  activate: (
    app: JupyterFrontEnd, flows: IFlows, place: INotebookPlace | null,
    restorer: ILayoutRestorer | null, translator: ITranslator | null
  ) => {
    const { commands, shell } = app;
    const trans = (translator ?? nullTranslator).load('jupyter_flow');
    const tracker = new WidgetTracker<FlowWidget>({ namespace: 'jupyter-flow-flow' });
    const show = (address: string): void => {
      const known = tracker.find(each => each.address === address);
      const widget = known ?? new FlowWidget(address, flows, commands);
      if (!known) {
        void tracker.add(widget);
        shell.add(widget, 'main');
      }
      shell.activateById(widget.id);
    };
    commands.addCommand(CommandIDs.showFlow, {
      label: trans.__('Show the Flow'),
      caption: trans.__('Draw the flow of the current notebook, or the one that is named'),
      icon: flowIcon,
      describedBy: describedBy.showFlow,
      isEnabled: args => Boolean(textIn(args, 'flow') ?? textIn(args, 'path') ?? place?.path ?? place?.chosen),
      execute: async args => {
        const known = textIn(args, 'flow');
        const path = textIn(args, 'path') ?? (args['isContextMenu'] ? place?.chosen : place?.path) ?? '';
        try {
          show(known ?? (await flows.client.flow(path)).address);
        } catch (error) {
          tell(error);
        }
      }
    });
    if (restorer) {
      void restorer.restore(tracker, {
        command: CommandIDs.showFlow,
        args: ({ address }) => ({ flow: address }),
        name: ({ address }) => address
      });
    }
  }
};

/** Shows a run in a tab of the main area. */
export const viewer: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-flow:viewer',
  description: 'Shows runs of flows in tabs of the main area.',
  autoStart: true,
  requires: [IFlows, IRenderMimeRegistry],
  optional: [ILayoutRestorer, ITranslator],
  activate: (
    app: JupyterFrontEnd, flows: IFlows, rendermime: IRenderMimeRegistry,
    restorer: ILayoutRestorer | null, translator: ITranslator | null
  ) => {
    const { commands, shell } = app;
    const trans = (translator ?? nullTranslator).load('jupyter_flow');
    const tracker = new WidgetTracker<RunWidget>({ namespace: 'jupyter-flow-run' });

    const others = otherRuns(flows.client, commands);

    const make = (run: string, look: ILook): RunWidget => {
      const loan = flows.run(run);
      const widget = new RunWidget({ flows, loan, rendermime, actions: runActions(flows, loan.model, commands), look, others });
      widget.lookChanged.connect(() => void tracker.save(widget));
      return widget;
    };

    commands.addCommand(CommandIDs.openRun, {
      label: trans.__('Show the Run'),
      icon: flowIcon,
      describedBy: describedBy.openRun,
      execute: args => {
        const run = textIn(args, 'run');
        if (!run) {
          throw new Error('The command needs the id of a run.');
        }
        const known = tracker.find(each => each.run === run);
        const look = { ...(known?.look ?? AT_FIRST), ...lookIn(args) };
        const widget = known ?? make(run, look);
        if (known) {
          known.look = look;
        } else {
          void tracker.add(widget);
          shell.add(widget, 'main');
        }
        shell.activateById(widget.id);
      }
    });
    addRunCommands(commands, flows, () => tracker.currentWidget?.run ?? null, trans);
    if (restorer) {
      void restorer.restore(tracker, {
        command: CommandIDs.openRun,
        args: ({ run, look }) => ({ run, task: look.task, tab: look.tab, other: look.other }),
        name: ({ run }) => run
      });
    }
  }
};
