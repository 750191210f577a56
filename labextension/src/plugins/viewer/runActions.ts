/** What a person may do to a run in JupyterLab: requests, and commands of other plugins if they are there. */
import type { CommandRegistry } from '@lumino/commands';

import { CommandIDs } from '../../commands';
import type { AttemptView, RunPage, TaskRunView } from '../../core/wire.gen';
import type { RunModel } from '../../model/run';
import type { IFlows } from '../../tokens';
import type { IRunActions } from '../../view/actions';
import { told } from '../told';

export function runActions(flows: IFlows, model: RunModel, commands: CommandRegistry): IRunActions {
  const { client } = flows;
  const { id } = model;
  const open = async (run: string): Promise<void> => {
    await commands.execute(CommandIDs.openRun, { run });
  };
  return {
    cancel: tasks => told(client.cancel(id, { tasks: [...tasks] })),
    repair: () => told(client.repair(id)),
    clear: (tasks, downstream) => told(client.clear(id, { tasks: [...tasks], downstream })),
    mark: (task, state) => told(client.mark(id, { task, state })),
    answer: (task, yes, values) => told(client.answer(id, { task, yes, values })),
    again: () => {
      const page = model.page;
      if (page) {
        told(client.start({ flow: page.flow.address, params: page.params }).then(({ run }) => open(run)));
      }
    },
    openRun: (run, task) => void commands.execute(CommandIDs.openRun, task === null ? { run } : { run, task }),
    ...(commands.hasCommand(CommandIDs.openExecuted) && {
      openNotebook: (path: string, cell: number | null) => {
        const found = model.page && attemptAt(model.page, path);
        if (found) {
          const { task, index } = found.taskRun;
          const { number, failure } = found.attempt;
          const cellId = failure?.cell_id ?? null;
          void commands.execute(CommandIDs.openExecuted, { run: id, task, index, number, cell, cellId });
        }
      }
    }),
    ...(commands.hasCommand(CommandIDs.openAtFailure) && {
      openAtFailure: (path: string) => {
        const found = model.page && attemptAt(model.page, path);
        if (found) {
          const { task, index } = found.taskRun;
          void commands.execute(CommandIDs.openAtFailure, { run: id, task, index, number: found.attempt.number });
        }
      }
    }),
    ...(commands.hasCommand(CommandIDs.openSource) && {
      openSource: (path: string, cell: number | null, cellId: string | null) => {
        void commands.execute(CommandIDs.openSource, { path, cell, cellId });
      },
      openFlow: (path: string) => void commands.execute(CommandIDs.openSource, { path })
    })
  };
}

/** The attempt whose executed notebook is at *path*. */
export function attemptAt(page: RunPage, path: string): { taskRun: TaskRunView; attempt: AttemptView } | null {
  for (const taskRun of page.task_runs) {
    const attempt = taskRun.attempts.find(each => each.notebook === path);
    if (attempt) {
      return { taskRun, attempt };
    }
  }
  return null;
}
