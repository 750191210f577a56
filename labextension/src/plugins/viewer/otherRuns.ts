/** The other runs of a flow, as views ask for them: requests to the server, and tabs of the Lab. */
import type { CommandRegistry } from '@lumino/commands';

import type { FlowClient } from '../../api/client';
import { CommandIDs } from '../../commands';
import type { IOtherRuns } from '../../view/others';

export function otherRuns(client: FlowClient, commands: CommandRegistry): IOtherRuns {
  return {
    runs: (flow, limit) => client.runs({ flow, limit }),
    grid: (flow, limit) => client.grid(flow, limit),
    pages: ids => client.compare(ids),
    past: (flow, task) => client.past(flow, task),
    open: (run, task) => void commands.execute(CommandIDs.openRun, { run, ...(task ? { task } : {}) }),
    compare: (run, other) => void commands.execute(CommandIDs.compareRuns, { run, other })
  };
}
