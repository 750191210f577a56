/** The schedules of the project, when they fire next, and whether they are paused. */
import type { FlowClient } from '../api/client';
import type { ScheduleView } from '../core/wire.gen';
import { PolledModel } from './polled';

const PERIOD = 20_000;

export class SchedulesModel extends PolledModel<ScheduleView> {
  constructor(client: FlowClient) {
    super(() => client.schedules(), PERIOD);
    this._client = client;
  }

  async pause(name: string): Promise<void> {
    await this._client.pause(name);
    await this.refresh();
  }

  async resume(name: string): Promise<void> {
    await this._client.resume(name);
    await this.refresh();
  }

  async remove(name: string): Promise<void> {
    await this._client.unschedule(name);
    await this.refresh();
  }

  private readonly _client: FlowClient;
}
