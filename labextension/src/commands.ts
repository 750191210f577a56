/** The names of all commands, and what each takes: for the palette, key bindings and other extensions. */
import type { CommandRegistry } from '@lumino/commands';
import type { ReadonlyJSONObject, ReadonlyPartialJSONObject } from '@lumino/coreutils';

export const CommandIDs = {
  showSidebar: 'jupyter-flow:show-sidebar',
  newFlow: 'jupyter-flow:new-flow',
  showFlow: 'jupyter-flow:show-flow',
  runFlow: 'jupyter-flow:run-flow',
  openRun: 'jupyter-flow:open-run',
  openLatestRun: 'jupyter-flow:open-latest-run',
  compareRuns: 'jupyter-flow:compare-runs',
  cancelRun: 'jupyter-flow:cancel-run',
  repairRun: 'jupyter-flow:repair-run',
  scheduleFlow: 'jupyter-flow:schedule-flow',
  backfillFlow: 'jupyter-flow:backfill-flow',
  pauseSchedule: 'jupyter-flow:pause-schedule',
  resumeSchedule: 'jupyter-flow:resume-schedule',
  unschedule: 'jupyter-flow:unschedule',
  tagNotebook: 'jupyter-flow:tag-notebook',
  untagNotebook: 'jupyter-flow:untag-notebook',
  openSource: 'jupyter-flow:open-source',
  openExecuted: 'jupyter-flow:open-executed-notebook',
  openAtFailure: 'jupyter-flow:open-at-failure',
  followLink: 'jupyter-flow:follow-link'
} as const;

type Described = CommandRegistry.ICommandOptions['describedBy'];

const RUN = { type: 'string', description: 'The id of a run.' } as const;
const FLOW = { type: 'string', description: 'The address of a flow: NAME, path.ipynb or path.ipynb::NAME.' } as const;
const NOTEBOOK = { type: 'string', description: 'The path of a notebook; the current one without it.' } as const;
const SCHEDULE = { type: 'string', description: 'The name of a schedule.' } as const;
const ATTEMPT = {
  run: RUN,
  task: { type: 'string', description: 'The name of a task.' },
  index: { type: ['integer', 'null'], description: 'Which instance of a mapped task.' },
  number: { type: 'integer', minimum: 1, description: 'Which attempt.' }
} as const;

const CELL = {
  cell: { type: ['integer', 'null'], minimum: 1, description: 'Which of all its cells, from 1.' },
  cellId: { type: ['string', 'null'], description: 'The id of the cell, which is surer than its place.' }
} as const;

/** What each command takes, as a JSON schema. */
export const describedBy: Readonly<Record<keyof typeof CommandIDs, Described>> = {
  showSidebar: takes({}),
  newFlow: takes({ cwd: { type: 'string', description: 'The folder that the notebook is made in.' } }),
  showFlow: takes({ flow: FLOW, path: NOTEBOOK }),
  runFlow: takes({
    flow: FLOW,
    path: NOTEBOOK,
    params: { type: 'object', description: 'Values of its parameters; without them it asks.' }
  }),
  followLink: takes({
    search: { type: 'string', description: 'The search part of its address.' }
  }),
  openRun: takes({
    run: RUN,
    task: { type: 'string', description: 'The task to show: train, train[2].' },
    tab: { enum: ['graph', 'timeline', 'grid', 'values', 'compare'], description: 'The view to show.' },
    other: { type: 'string', description: 'The id of the run to compare it with.' }
  }, 'run'),
  openLatestRun: takes({ flow: FLOW }),
  compareRuns: takes({
    run: { type: 'string', description: 'The id of a run; the one in front without it, or else the latest.' },
    other: { type: 'string', description: 'The id of another run of its flow; the one before without it.' }
  }),
  cancelRun: takes({
    run: RUN,
    tasks: { type: 'array', items: { type: 'string' }, description: 'Tasks to stop; without them the whole run.' }
  }, 'run'),
  repairRun: takes({ run: RUN }, 'run'),
  scheduleFlow: takes({ flow: FLOW, path: NOTEBOOK, name: SCHEDULE }),
  backfillFlow: takes({ flow: FLOW, path: NOTEBOOK, name: SCHEDULE }),
  pauseSchedule: takes({ name: SCHEDULE }, 'name'),
  resumeSchedule: takes({ name: SCHEDULE }, 'name'),
  unschedule: takes({ name: SCHEDULE }, 'name'),
  tagNotebook: takes({ path: NOTEBOOK }),
  untagNotebook: takes({ path: NOTEBOOK }),
  openSource: takes({
    path: { type: 'string', description: 'The path of a notebook.' },
    ...CELL
  }, 'path'),
  openExecuted: takes({ ...ATTEMPT, ...CELL }, 'run', 'task', 'number'),
  openAtFailure: takes(ATTEMPT, 'run', 'task', 'number')
};

function takes(properties: ReadonlyJSONObject, ...required: string[]): Described {
  return { args: { type: 'object', properties, required } };
}

/** The text that *args* have by that name; nothing for anything else. */
export function textIn(args: ReadonlyPartialJSONObject, name: string): string | null {
  const value = args[name];
  return typeof value === 'string' && value !== '' ? value : null;
}

/** The whole number that *args* have by that name; nothing for anything else. */
export function numberIn(args: ReadonlyPartialJSONObject, name: string): number | null {
  const value = args[name];
  return typeof value === 'number' && Number.isInteger(value) ? value : null;
}
