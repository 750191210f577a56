/** The flows of the project as they are written. */
import type { FlowClient } from '../api/client';
import type { FlowView } from '../core/wire.gen';
import { PolledModel } from './polled';

/** What is saved in this JupyterLab is told at once (`nudge`); this is for other editors. */
const PERIOD = 60_000;

export class FlowsModel extends PolledModel<FlowView> {
  constructor(client: FlowClient) {
    super(() => client.flows(), PERIOD);
  }

  find(address: string): FlowView | undefined {
    return this.list?.find(each => each.address === address);
  }
}
