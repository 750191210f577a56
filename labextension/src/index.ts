/** The JupyterLab extension: the list of its plugins, each of which is one feature. */
import { diagnostics } from './plugins/diagnostics';
import { drive } from './plugins/drive';
import { flows } from './plugins/flows';
import { launcher } from './plugins/launcher';
import { links } from './plugins/links';
import { notebookPlace } from './plugins/notebookPlace';
import { notifications } from './plugins/notifications';
import { palette } from './plugins/palette';
import { running } from './plugins/running';
import { runs } from './plugins/runs';
import { schedules } from './plugins/schedules';
import { sidebar } from './plugins/sidebar';
import { sources } from './plugins/sources';
import { statusbar } from './plugins/statusbar';
import { task } from './plugins/task';
import { drawing, viewer } from './plugins/viewer';

export { IFlows } from './tokens';
export type { IFlowSettings } from './tokens';

export default [
  flows, notebookPlace, drive, sources, viewer, drawing, runs, schedules, sidebar, statusbar, running,
  notifications, task, diagnostics, launcher, palette, links
];
