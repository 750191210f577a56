/** Links to runs, as alerts have them: `…/lab?jupyter-flow-run=RUN&jupyter-flow-task=train[2]`. */
import { IRouter, JupyterFrontEnd } from '@jupyterlab/application';
import type { JupyterFrontEndPlugin } from '@jupyterlab/application';
import type { CommandRegistry } from '@lumino/commands';

import { CommandIDs, describedBy, textIn } from '../commands';

const RUN = 'jupyter-flow-run';
const TASK = 'jupyter-flow-task';
/** By which file browsers open the file that an address names. */
const OPEN_PATH = 'filebrowser:open-path';

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
  optional: [JupyterFrontEnd.ITreeResolver],
  activate: (app: JupyterFrontEnd, router: IRouter, tree: JupyterFrontEnd.ITreeResolver | null) => {
    const { commands } = app;
    const follow = async (run: string, task: string | null): Promise<void> => {
      const opening = next(commands, OPEN_PATH);
      const show = (): Promise<void> => commands.execute(CommandIDs.openRun, { run, ...(task ? { task } : {}) });
      // What was restored comes first, and the file that the address names as well, so that the run
      // that was asked for is in front.
      await app.restored;
      // The address as it is by now: other routes have taken their words away.
      const { path, search = '' } = router.current;
      router.navigate(`${path}${linked(search)?.rest ?? search}`, { skipRouting: true });
      await show();
      if ((await tree?.paths)?.file) {
        await opening;
        await show();
      }
    };
    commands.addCommand(CommandIDs.followLink, {
      describedBy: describedBy.followLink,
      execute: args => {
        const found = linked(textIn(args, 'search') ?? '');
        if (found) {
          // Not waited for: the router opens files only after the commands of all routes have ended.
          void follow(found.run, found.task);
        }
      }
    });
    router.register({ command: CommandIDs.followLink, pattern: new RegExp(`[?&]${RUN}=`) });
  }
};

/** Settles when the command is executed for the next time, and has ended. */
function next(commands: CommandRegistry, command: string): Promise<unknown> {
  return new Promise(resolve => {
    const listen = (_: CommandRegistry, { id, result }: CommandRegistry.ICommandExecutedArgs): void => {
      if (id === command) {
        commands.commandExecuted.disconnect(listen);
        resolve(result.catch(() => null));
      }
    };
    commands.commandExecuted.connect(listen);
  });
}
