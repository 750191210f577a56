/** The flows, schedules and latest runs of the project in the left side bar. */
import { ILayoutRestorer } from '@jupyterlab/application';
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { refreshIcon, SidePanel, ToolbarButton } from '@jupyterlab/ui-components';
import type { AccordionPanel } from '@lumino/widgets';

import { CommandIDs, describedBy } from '../../commands';
import { IFlows } from '../../tokens';
import { flowIcon } from '../icons';
import { DatasetsSection, FlowsSection, RunsSection, SchedulesSection } from './lists';

/** Lists flows, schedules and runs. Without a restorer it still works. */
export const sidebar: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-flow:sidebar',
  description: 'Lists flows, schedules and runs in the left side bar.',
  autoStart: true,
  requires: [IFlows],
  optional: [ILayoutRestorer, ITranslator],
  activate: (
    app: JupyterFrontEnd, flows: IFlows, restorer: ILayoutRestorer | null, translator: ITranslator | null
  ) => {
    const trans = (translator ?? nullTranslator).load('jupyter_flow');
    const panel = new SidePanel({ translator: translator ?? nullTranslator });
    panel.id = 'jupyter-flow-sidebar';
    panel.title.icon = flowIcon;
    panel.title.caption = trans.__('Flows');
    panel.addClass('jp-Flow-sidebar');
    panel.node.setAttribute('role', 'region');
    panel.node.setAttribute('aria-label', trans.__('Flows, schedules and runs'));
    panel.toolbar.addItem('refresh', new ToolbarButton({
      icon: refreshIcon,
      tooltip: trans.__('Look for flows, schedules and datasets again'),
      onClick: () => {
        flows.flows.nudge();
        flows.schedules.nudge();
        flows.datasets.nudge();
      }
    }));
    panel.addWidget(new FlowsSection(trans.__('Flows'), flows, app.commands));
    panel.addWidget(new SchedulesSection(trans.__('Schedules'), flows, app.commands));
    panel.addWidget(new DatasetsSection(trans.__('Datasets'), flows, app.commands));
    panel.addWidget(new RunsSection(trans.__('Runs'), flows, app.commands));
    (panel.content as AccordionPanel).setRelativeSizes([2, 2, 2, 3]);
    app.shell.add(panel, 'left', { rank: 250, type: 'Flows' });
    restorer?.add(panel, panel.id);

    addMenu(app);
    app.commands.addCommand(CommandIDs.showSidebar, {
      label: trans.__('Show Flows, Schedules and Runs'),
      caption: trans.__('Show the side bar with the flows of the project'),
      describedBy: describedBy.showSidebar,
      execute: () => app.shell.activateById(panel.id)
    });
  }
};

/** Where the menu of a flow opens. */
const ROW = '.jp-Flow-sidebar [data-flow]';
const ON_ROW = ['showFlow', 'runFlow', 'scheduleFlow', 'backfillFlow'] as const;

/** The menu of a flow. Its commands are the usual ones, about the flow that the menu opened on. */
function addMenu(app: JupyterFrontEnd): void {
  const { commands } = app;
  const ofRow = (): { readonly flow: string } =>
    ({ flow: app.contextMenuHitTest(node => 'flow' in node.dataset)?.dataset['flow'] ?? '' });
  ON_ROW.forEach((name, rank) => {
    const [id, command] = [`${CommandIDs[name]}-of-row`, CommandIDs[name]];
    commands.addCommand(id, {
      label: () => commands.label(command, ofRow()),
      describedBy: { args: { type: 'object', properties: {} } },
      isEnabled: () => commands.isEnabled(command, ofRow()),
      execute: () => commands.execute(command, ofRow())
    });
    app.contextMenu.addItem({ command: id, selector: ROW, rank });
  });
}
