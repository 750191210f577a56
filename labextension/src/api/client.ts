/** What can be asked of the server, each with its type. All its addresses are in this file. */
import { URLExt } from '@jupyterlab/coreutils';
import type { INotebookContent } from '@jupyterlab/nbformat';
import { ServerConnection } from '@jupyterlab/services';

import type {
  AnswerRequest, Asked, BackfillRequest, BackfillView, CheckRequest, ContractView, DatasetView, DebugCopy, FlowView, GridColumn, LineageView, LogPage, MarkRequest,
  PastView, RunPage, RunView, ScheduleRequest, ScheduleView, StartRequest, StatusView, TagRequest, TasksRequest, WhyView
} from '../core/wire.gen';
import { keyOf } from '../core/run';
import { errorOf, unreachable } from './errors';
import type { IAttemptName } from './topics';

const ROOT = 'jupyter-flow';

export class FlowClient {
  constructor(settings: ServerConnection.ISettings = ServerConnection.makeSettings()) {
    this._settings = settings;
  }

  status(): Promise<StatusView> {
    return this._get('status');
  }

  // -- flows and notebooks ----------------------------------------------------------------------

  flows(): Promise<FlowView[]> {
    return this._get('flows');
  }

  flow(address: string): Promise<FlowView> {
    return this._get(`flows/one${query({ address })}`);
  }

  check(request: CheckRequest): Promise<FlowView> {
    return this._post('check', request);
  }

  contract(path: string): Promise<ContractView> {
    return this._get(`contract${query({ path })}`);
  }

  tag(request: TagRequest): Promise<ContractView> {
    return this._post('tag', request);
  }

  // -- runs -------------------------------------------------------------------------------------

  /** The newest first; `older_than` is the `created_at` and the `id` of a run, with a comma between. */
  runs(args: { flow?: string; limit?: number; older_than?: string } = {}): Promise<RunView[]> {
    return this._get(`runs${query(args)}`);
  }

  start(request: StartRequest): Promise<Asked> {
    return this._post('runs', request);
  }

  run(id: string): Promise<RunPage> {
    return this._get(runPath(id));
  }

  cancel(id: string, request: TasksRequest = {}): Promise<Asked> {
    return this._post(runPath(id, 'cancel'), request);
  }

  repair(id: string): Promise<Asked> {
    return this._post(runPath(id, 'repair'), {});
  }

  clear(id: string, request: TasksRequest): Promise<Asked> {
    return this._post(runPath(id, 'clear'), request);
  }

  answer(id: string, request: AnswerRequest): Promise<Asked> {
    return this._post(runPath(id, 'answer'), request);
  }

  mark(id: string, request: MarkRequest): Promise<Asked> {
    return this._post(runPath(id, 'mark'), request);
  }

  /** Why a task (`train`, `train[2]`) does not run, in words. */
  why(id: string, key: string): Promise<WhyView> {
    return this._get(runPath(id, 'tasks', encodeURIComponent(key), 'why'));
  }

  /** The pages of several runs of one flow. */
  compare(ids: readonly string[]): Promise<RunPage[]> {
    return this._get(`compare${query({ runs: ids.join(',') })}`);
  }

  /** The newest runs of a flow with the states of all their tasks, the newest first. */
  grid(flow: string, limit: number): Promise<GridColumn[]> {
    return this._get(`grid${query({ flow, limit })}`);
  }

  /** What a task came to in the newest runs of its flow, the newest first. */
  past(flow: string, task: string): Promise<PastView[]> {
    return this._get(`past${query({ flow, task })}`);
  }

  // -- attempts ---------------------------------------------------------------------------------

  log(name: IAttemptName, start: number): Promise<LogPage> {
    return this._get(attemptPath(name, 'log') + query({ start }));
  }

  /** Where a file that a task handed on is downloaded from. */
  artifactUrl(file: string, name: string): string {
    return URLExt.join(this._settings.baseUrl, ROOT, 'artifacts', encodeURIComponent(file)) + query({ name });
  }

  notebook(name: IAttemptName): Promise<INotebookContent> {
    return this._get(attemptPath(name, 'notebook'));
  }

  /** Where a browser gets the executed notebook from, as a file. */
  notebookUrl(name: IAttemptName): string {
    return URLExt.join(this._settings.baseUrl, ROOT, attemptPath(name, 'notebook'));
  }

  /** A copy of the source as it was run, with its parameters; never written over another file. */
  debug(name: IAttemptName): Promise<DebugCopy> {
    return this._post(attemptPath(name, 'debug'), {});
  }

  // -- schedules --------------------------------------------------------------------------------

  datasets(): Promise<DatasetView[]> {
    return this._get('datasets');
  }

  lineage(dataset: string, limit = 1): Promise<LineageView[]> {
    return this._get(`lineage${query({ dataset, limit })}`);
  }

  schedules(): Promise<ScheduleView[]> {
    return this._get('schedules');
  }

  schedule(request: ScheduleRequest): Promise<ScheduleView> {
    return this._post('schedules', request);
  }

  pause(name: string): Promise<ScheduleView> {
    return this._post(`schedules/${encodeURIComponent(name)}/pause`, {});
  }

  resume(name: string): Promise<ScheduleView> {
    return this._post(`schedules/${encodeURIComponent(name)}/resume`, {});
  }

  async unschedule(name: string): Promise<void> {
    await this._ask(`schedules/${encodeURIComponent(name)}`, { method: 'DELETE' });
  }

  backfill(request: BackfillRequest): Promise<BackfillView> {
    return this._post('backfills', request);
  }

  private _get<T>(path: string): Promise<T> {
    return this._ask(path, {}) as Promise<T>;
  }

  private _post<T>(path: string, body: object): Promise<T> {
    return this._ask(path, { method: 'POST', body: JSON.stringify(body) }) as Promise<T>;
  }

  private async _ask(path: string, init: RequestInit): Promise<unknown> {
    const url = URLExt.join(this._settings.baseUrl, ROOT, path);
    let response: Response;
    try {
      response = await ServerConnection.makeRequest(url, init, this._settings);
    } catch (error) {
      throw unreachable(error);
    }
    const body = parsed(await response.text());
    if (!response.ok) {
      throw errorOf(body, response.status);
    }
    return body;
  }

  private readonly _settings: ServerConnection.ISettings;
}

function query(args: Record<string, string | number>): string {
  return URLExt.objectToQueryString(args);
}

function runPath(id: string, ...rest: string[]): string {
  return ['runs', encodeURIComponent(id), ...rest].join('/');
}

function attemptPath(name: IAttemptName, what: string): string {
  const key = encodeURIComponent(keyOf(name.task, name.index));
  return runPath(name.run, 'tasks', key, String(name.number), what);
}

function parsed(text: string): unknown {
  try {
    return text === '' ? null : JSON.parse(text);
  } catch {
    return null;
  }
}
