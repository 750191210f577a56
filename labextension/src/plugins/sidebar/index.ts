/** The flows, schedules and latest runs of the project in the left side bar. */
import { ILayoutRestorer } from '@jupyterlab/application';
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { refreshIcon, SidePanel, ToolbarButton } from '@jupyterlab/ui-components';
import type { AccordionPanel } from '@lumino/widgets';

import { CommandIDs, describedBy } from '../../commands';
import { IFlows } from '../../tokens';
import { flowIcon } from '../icons';
import { FlowsSection, RunsSection, SchedulesSection } from './lists';

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
      tooltip: trans.__('Look for flows and schedules again'),
      onClick: () => {
        flows.flows.nudge();
        flows.schedules.nudge();
      }
    }));
    panel.addWidget(new FlowsSection(trans.__('Flows'), flows, app.commands));
    panel.addWidget(new SchedulesSection(trans.__('Schedules'), flows, app.commands));
    panel.addWidget(new RunsSection(trans.__('Runs'), flows, app.commands));
    (panel.content as AccordionPanel).setRelativeSizes([2, 1, 2]);
    app.shell.add(panel, 'left', { rank: 250, type: 'Flows' });
    restorer?.add(panel, panel.id);

    app.commands.addCommand(CommandIDs.showSidebar, {
      label: trans.__('Show Flows, Schedules and Runs'),
      caption: trans.__('Show the side bar with the flows of the project'),
      describedBy: describedBy.showSidebar,
      execute: () => app.shell.activateById(panel.id)
    });
  }
};
