/** The service that all other plugins use: one client, one stream, the models; and the version check. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { Notification } from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';
import type { ServiceManager } from '@jupyterlab/services';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';

import manifest from '../../../package.json?manifest';
import { FlowClient } from '../api/client';
import { FlowRequestError } from '../api/errors';
import { FlowStream } from '../api/stream';
import type { IAttemptName } from '../api/topics';
import { mismatch } from '../api/versions';
import { AttemptModel } from '../model/attempt';
import { FlowsModel } from '../model/flows';
import { RunModel } from '../model/run';
import { RunsModel } from '../model/runs';
import { DatasetsModel } from '../model/datasets';
import { SchedulesModel } from '../model/schedules';
import { Shared } from '../model/shared';
import type { ILoan } from '../model/shared';
import { IFlows } from '../tokens';
import type { IFlowSettings } from '../tokens';

const DEFAULTS: IFlowSettings = { notify: 'failed', checkDelay: 400 };

class Flows implements IFlows {
  constructor(services: ServiceManager.IManager) {
    this.client = new FlowClient(services.serverSettings);
    this.stream = new FlowStream(services.serverSettings);
    this.flows = new FlowsModel(this.client);
    this.runs = new RunsModel(this.stream, undefined, (than, limit) => this.client.runs({ older_than: than, limit }));
    this.schedules = new SchedulesModel(this.client);
    this.datasets = new DatasetsModel(this.client);
    this._runs = new Shared(id => new RunModel(id, this.client, this.stream));
    this._attempts = new Shared(
      key => new AttemptModel(JSON.parse(key) as IAttemptName, this.client, this.stream)
    );
    services.contents.fileChanged.connect((_, change) => {
      const path = change.newValue?.path ?? change.oldValue?.path ?? '';
      if (['.ipynb', '.py', '.md'].includes(PathExt.extname(path))) {
        this.flows.nudge();
      }
    });
    this.stream.refused.connect((_, problem) => console.warn(`${problem.what}. ${problem.hint}`));
  }

  readonly client: FlowClient;
  readonly stream: FlowStream;
  readonly flows: FlowsModel;
  readonly runs: RunsModel;
  readonly schedules: SchedulesModel;
  readonly datasets: DatasetsModel;

  get settings(): IFlowSettings {
    return this._settings;
  }

  get settingsChanged(): ISignal<this, IFlowSettings> {
    return this._settingsChanged;
  }

  run(id: string): ILoan<RunModel> {
    return this._runs.get(id);
  }

  attempt({ run, task, index, number }: IAttemptName): ILoan<AttemptModel> {
    return this._attempts.get(JSON.stringify({ run, task, index, number }));
  }

  async follow(settings: ISettingRegistry.ISettings): Promise<void> {
    const read = (): void => {
      this._settings = { ...DEFAULTS, ...settings.composite };
      this._settingsChanged.emit(this._settings);
    };
    settings.changed.connect(read);
    read();
  }

  private readonly _runs: Shared<RunModel>;
  private readonly _attempts: Shared<AttemptModel>;
  private readonly _settingsChanged = new Signal<this, IFlowSettings>(this);
  private _settings = DEFAULTS;
}

/** Loads the models that every other plugin shows. */
export const flows: JupyterFrontEndPlugin<IFlows> = {
  id: 'jupyter-flow:plugin',
  description: 'Keeps the flows, runs and schedules of the project up to date for all other plugins.',
  autoStart: true,
  optional: [ISettingRegistry, ITranslator],
  provides: IFlows,
  activate: (app: JupyterFrontEnd, registry: ISettingRegistry | null, translator: ITranslator | null) => {
    const trans = (translator ?? nullTranslator).load('jupyter_flow');
    const service = new Flows(app.serviceManager);
    void registry?.load(flows.id).then(settings => service.follow(settings));
    void app.restored.then(() => checkVersion(service.client, trans));
    return service;
  }
};

async function checkVersion(client: FlowClient, trans: TranslationBundle): Promise<void> {
  try {
    const { version } = await client.status();
    const wrong = mismatch(manifest.version, version);
    if (wrong) {
      Notification.warning(wrong.what, {
        autoClose: false,
        actions: [{
          label: trans.__('Copy the command'),
          caption: wrong.command,
          callback: () => void navigator.clipboard.writeText(wrong.command)
        }]
      });
    }
  } catch (error) {
    if (error instanceof FlowRequestError && error.code === 'JF700') {
      Notification.warning(trans.__('Flows: %1. %2', error.message, error.hint), { autoClose: false });
    }
  }
}
