import type { JupyterFrontEnd } from '@jupyterlab/application';
import { Notification } from '@jupyterlab/apputils';
import { CommandRegistry } from '@lumino/commands';
import { Signal } from '@lumino/signaling';
import { afterEach, describe, expect, it } from 'vitest';

import { run as sample } from '../../core/__tests__/samples';
import type { RunView } from '../../core/wire.gen';
import { FakeStream } from '../../model/__tests__/fakeStream';
import { RunsModel } from '../../model/runs';
import type { IFlows } from '../../tokens';
import { notifications } from '../notifications';

afterEach(() => Notification.dismiss());

async function told() {
  const stream = new FakeStream();
  const runs = new RunsModel(stream);
  const flows = { runs, settings: { notify: 'failed', checkDelay: 0 }, settingsChanged: new Signal({}) } as unknown as IFlows;
  void notifications.activate({ commands: new CommandRegistry() } as unknown as JupyterFrontEnd, flows, null);
  const tell = async (...states: RunView['state'][]): Promise<void> => {
    for (const state of states) {
      const isShown = new Promise(resolve => runs.changed.connect(resolve));
      stream.tell({ kind: 'runs_event', runs: [sample({ state, tasks: { [state]: 1 } })] });
      await isShown;
    }
  };
  await tell('running');
  return tell;
}

const shown = (): string[] => Notification.manager.notifications.map(each => `${each.type}: ${each.message}`);

describe('a failure is told', () => {
  it('until its run goes on', async () => {
    const tell = await told();

    await tell('failed');
    expect(shown()).toEqual(['error: churn failed: 1 failed']);
    await tell('running');
    expect(shown()).toEqual([]);
  });

  it('and so is how its repair ends, once', async () => {
    const tell = await told();

    await tell('failed', 'running', 'succeeded');
    expect(shown()).toEqual(['info: churn succeeded: 1 succeeded']);
    await tell('running', 'succeeded');
    expect(shown()).toHaveLength(1);
  });

  it('anew when the repair fails as well', async () => {
    const tell = await told();

    await tell('failed', 'queued', 'failed');

    expect(shown()).toEqual(['error: churn failed: 1 failed']);
  });

  it('no longer when it was marked, without ever running again', async () => {
    const tell = await told();

    await tell('failed', 'succeeded');

    expect(shown()).toEqual([]);
  });
});
