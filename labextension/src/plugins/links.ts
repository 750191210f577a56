/** Links to runs, as alerts have them: `…/lab?jupyter-flow-run=RUN&jupyter-flow-task=train[2]`. */
import { IRouter } from '@jupyterlab/application';
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';

import { CommandIDs, describedBy, textIn } from '../commands';

const RUN = 'jupyter-flow-run';
const TASK = 'jupyter-flow-task';

/** The run and the task that the search part of an address names, and what is left of that part. */
export function linked(search: string): { run: string; task: string | null; rest: string } | null {
  const words = new URLSearchParams(search);
  const run = words.get(RUN);
  if (!run) {
    return null;
  }
  const task = words.get(TASK);
  words.delete(RUN);
  words.delete(TASK);
  const rest = words.toString();
  return { run, task, rest: rest ? `?${rest}` : '' };
}

/** Opens the run that the page's address names. */
export const links: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-flow:links',
  description: 'Opens the run that a link names.',
  autoStart: true,
  requires: [IRouter],
  activate: (app: JupyterFrontEnd, router: IRouter) => {
    const { commands } = app;
    commands.addCommand(CommandIDs.followLink, {
      describedBy: describedBy.followLink,
      execute: async args => {
        const found = linked(textIn(args, 'search') ?? '');
        if (!found) {
          return;
        }
        // What was restored comes first, so that the run that was asked for is in front.
        await app.restored;
        router.navigate(`${textIn(args, 'path') ?? ''}${found.rest}`, { skipRouting: true });
        await commands.execute(CommandIDs.openRun, {
          run: found.run,
          ...(found.task ? { task: found.task } : {})
        });
      }
    });
    router.register({ command: CommandIDs.followLink, pattern: new RegExp(`[?&]${RUN}=`) });
  }
};
