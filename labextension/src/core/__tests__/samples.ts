/** Pages and events to try things on: small, whole, and each with what the test is about. */
import type {
  AttemptView, FlowView, GroupView, MoveView, RunEvent, RunPage, RunView, TaskRunView, TaskView
} from '../wire.gen';
import { countsOf } from '../run';

export const NOON = '2026-01-31T12:00:00+00:00';

/** So many seconds after noon, as it is sent. */
export function at(seconds: number): string {
  return new Date(Date.parse(NOON) + seconds * 1000).toISOString();
}

export function task(name: string, upstream: string[] = [], more: Partial<TaskView> = {}): TaskView {
  return { name, kind: 'notebook', what: `${name}.ipynb`, rules: [], upstream, is_mapped: false, source: '', retries: 0, form: [], ...more };
}

export function flow(tasks: TaskView[], groups: GroupView[] = []): FlowView {
  return { name: 'churn', address: 'churn.ipynb::churn', source: 'churn.ipynb', description: '', tasks, params: [], problems: [], schedule: null, tz: null, on_update: '', groups };
}

export function run(more: Partial<RunView> = {}): RunView {
  return {
    id: 'r1', flow: 'churn', source: 'churn.ipynb', state: 'running', reason: '', logical_date: NOON, created_at: NOON,
    started_at: NOON, ended_at: null, tasks: {}, schedule: null, backfill: null, parent: null, is_left: false, ...more
  };
}

export function taskRun(name: string, state = 'pending', more: Partial<TaskRunView> = {}): TaskRunView {
  return { task: name, index: null, state, reason: '', due_at: null, item: {}, values: {}, attempts: [], origin: null, ...more };
}

export function attempt(number: number, more: Partial<AttemptView> = {}): AttemptView {
  return {
    number, started_at: NOON, ended_at: null, outcome: null, failure: null, cell: 0, cells: 0, notebook: '',
    parameters: {}, cpu: null, memory: null, child: '', ...more
  };
}

/** A run of load → train (mapped) → report. */
export function page(taskRuns: TaskRunView[] = [taskRun('load'), taskRun('train'), taskRun('report')]): RunPage {
  const tasks = [task('load'), task('train', ['load'], { is_mapped: true }), task('report', ['train'])];
  return { run: run({ tasks: countsOf(taskRuns) }), seq: 10, params: {}, flow: flow(tasks), task_runs: taskRuns };
}

export function move(name: string | null, state: string, more: Partial<MoveView> = {}): MoveView {
  return { task: name, index: null, state, attempt: 0, reason: '', due_at: null, ...more };
}

export function event(seq: number, more: Partial<RunEvent> = {}): RunEvent {
  return { kind: 'run_event', run: 'r1', seq, at: at(seq), what: 'attempt_progressed', moves: [], attempt: null, values: null, restored: null, reload: false, ...more };
}
