import type { JupyterFrontEnd } from '@jupyterlab/application';
import { CommandRegistry } from '@lumino/commands';
import { Signal } from '@lumino/signaling';
import { describe, expect, it } from 'vitest';

import { FakeSocket, json, settingsWith } from '../../api/__tests__/fakes';
import { CommandIDs } from '../../commands';
import plugins, { IFlows } from '../../index';
import { FlowClient } from '../../api/client';
import { FlowDrive } from '../drive/FlowDrive';
import { flows } from '../flows';
import { runs } from '../runs';

function makeApp(): JupyterFrontEnd {
  const contents = { fileChanged: new Signal({}) };
  return {
    commands: new CommandRegistry(),
    restored: new Promise(() => {}),
    serviceManager: { serverSettings: settingsWith(() => json([])), contents }
  } as unknown as JupyterFrontEnd;
}

describe('the plugins', () => {
  it('each have a name and say what they do', () => {
    expect(plugins.every(each => each.id.startsWith('jupyter-flow:') && each.description)).toBe(true);
    expect(new Set(plugins.map(each => each.id)).size).toBe(plugins.length);
  });

  it('need nothing but what JupyterLab always has, and the service', () => {
    const needed = new Set(plugins.flatMap(each => each.requires ?? []).map(each => each.name));

    expect(needed).toContain(IFlows.name);
    expect([...needed].filter(each => /launcher|restorer|sidebar/i.test(each))).toEqual([]);
  });

  it('that serve others ask the server for nothing until something is shown', () => {
    FakeSocket.all = [];
    const app = makeApp();
    const service = flows.activate(app, null, null) as IFlows;

    expect(FakeSocket.all).toHaveLength(0);
    const held = service.runs.hold();
    expect(FakeSocket.all).toHaveLength(1);
    held.dispose();
    expect(FakeSocket.last.isClosed).toBe(true);
  });

  it('lend the same run to all who show it', () => {
    const service = flows.activate(makeApp(), null, null) as IFlows;

    expect(service.run('a').model).toBe(service.run('a').model);
    expect(service.attempt({ run: 'a', task: 't', index: null, number: 1 }).model)
      .not.toBe(service.attempt({ run: 'a', task: 't', index: 0, number: 1 }).model);
  });

  it('work without the optional ones: a flow can be run with no notebook in front', async () => {
    const app = makeApp();
    const service = flows.activate(app, null, null) as IFlows;

    void runs.activate(app, service, null, null);

    expect(app.commands.isEnabled(CommandIDs.runFlow, {})).toBe(false);
    expect(app.commands.isEnabled(CommandIDs.runFlow, { flow: 'x' })).toBe(true);
    expect(await app.commands.describedBy(CommandIDs.runFlow)).toMatchObject({ args: { type: 'object' } });
  });
});

describe('the drive', () => {
  const settings = settingsWith(() => json({ cells: [], metadata: {}, nbformat: 4, nbformat_minor: 5 }));
  const drive = new FlowDrive(new FlowClient(settings), settings);

  it('gives executed notebooks, to be read only', async () => {
    const model = await drive.get('r1/train/2.ipynb');

    expect(model).toMatchObject({ type: 'notebook', format: 'json', writable: false, content: { nbformat: 4 } });
  });

  it('refuses all that would change what happened', async () => {
    await expect(drive.save()).rejects.toThrow(/tells what happened/);
    await expect(drive.delete()).rejects.toThrow();
    await expect(drive.rename()).rejects.toThrow();
  });
});
