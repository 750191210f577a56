/** What other extensions may rely on: the flows and runs of the project, kept up to date. */
import { Token } from '@lumino/coreutils';
import type { ISignal } from '@lumino/signaling';

import type { FlowClient } from './api/client';
import type { IFlowStream } from './api/stream';
import type { IAttemptName } from './api/topics';
import type { AttemptModel } from './model/attempt';
import type { FlowsModel } from './model/flows';
import type { RunModel } from './model/run';
import type { RunsModel } from './model/runs';
import type { DatasetsModel } from './model/datasets';
import type { SchedulesModel } from './model/schedules';
import type { ILoan } from './model/shared';

/** What a person may set. */
export interface IFlowSettings {
  readonly notify: 'failed' | 'all' | 'none';
  readonly checkDelay: number;
}

/** The flows, runs and schedules of the project that this server shows. */
export interface IFlows {
  readonly client: FlowClient;
  readonly stream: IFlowStream;
  readonly flows: FlowsModel;
  readonly runs: RunsModel;
  readonly schedules: SchedulesModel;
  readonly datasets: DatasetsModel;
  readonly settings: IFlowSettings;
  readonly settingsChanged: ISignal<IFlows, IFlowSettings>;
  /** A run with all there is to see of it; dispose of the loan when it is not shown any more. */
  run(id: string): ILoan<RunModel>;
  attempt(name: IAttemptName): ILoan<AttemptModel>;
}

export const IFlows = new Token<IFlows>(
  'jupyter-flow:IFlows', 'The flows, runs and schedules of the project that this server shows.'
);
