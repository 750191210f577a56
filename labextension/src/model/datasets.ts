/** The datasets of the project, and when they were updated. */
import type { FlowClient } from '../api/client';
import type { DatasetView } from '../core/wire.gen';
import { PolledModel } from './polled';

const PERIOD = 20_000;

export class DatasetsModel extends PolledModel<DatasetView> {
  constructor(client: FlowClient) {
    super(() => client.datasets(), PERIOD);
  }
}
