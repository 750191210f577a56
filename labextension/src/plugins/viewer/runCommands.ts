/** Commands that find a run to show: the latest one, or two of them to be compared. */
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';

import { CommandIDs, describedBy, textIn } from '../../commands';
import type { IFlows } from '../../tokens';
import { tell } from '../told';

/** `current` is the run whose tab was looked at last. */
export function addRunCommands(commands: CommandRegistry, flows: IFlows, current: () => string | null, trans: TranslationBundle): void {
  const latest = async (flow: string): Promise<string> => {
    const [run] = await flows.client.runs({ flow, limit: 1 });
    if (!run) {
      throw new Error(trans.__('Nothing has been run here yet.'));
    }
    return run.id;
  };
  const show = async (find: () => Promise<string>, how: { tab?: string; other?: string | null } = {}): Promise<void> => {
    try {
      await commands.execute(CommandIDs.openRun, { run: await find(), ...how });
    } catch (error) {
      tell(error);
    }
  };
  commands.addCommand(CommandIDs.openLatestRun, {
    label: trans.__('Show the Latest Run'),
    caption: trans.__('Show the run of a flow that was begun last'),
    describedBy: describedBy.openLatestRun,
    execute: args => show(() => latest(textIn(args, 'flow') ?? ''))
  });
  commands.addCommand(CommandIDs.compareRuns, {
    label: trans.__('Compare the Run with Another'),
    caption: trans.__('Show parameters, values and times of a run beside those of the run before, or of the one that is named'),
    describedBy: describedBy.compareRuns,
    execute: args => show(
      async () => textIn(args, 'run') ?? current() ?? latest(''),
      { tab: 'compare', other: textIn(args, 'other') }
    )
  });
}
