import { describe, expect, it } from 'vitest';

import { FlowClient } from '../client';
import { FlowRequestError } from '../errors';
import { mismatch } from '../versions';
import { json, settingsWith } from './fakes';
import type { Answer } from './fakes';

const client = (answer: Answer): FlowClient => new FlowClient(settingsWith(answer));

async function errorOfAnswer(answer: Answer): Promise<FlowRequestError> {
  const error: unknown = await client(answer).status().catch((thrown: unknown) => thrown);
  if (!(error instanceof FlowRequestError)) {
    throw new Error('it did not fail');
  }
  return error;
}

describe('a request', () => {
  it('carries the token, and names tasks and addresses as parts of a path', async () => {
    const asked: Request[] = [];
    const it = client(request => {
      asked.push(request);
      return json([]);
    });

    await it.log({ run: 'r1', task: 'train', index: 2, number: 1 }, 40);
    await it.flow('a b/flow.ipynb::x');

    expect(asked.map(each => each.url.replace(/[?&]\d+$/, ''))).toEqual([
      'http://h/jupyter-flow/runs/r1/tasks/train%5B2%5D/1/log?start=40',
      'http://h/jupyter-flow/flows/one?address=a%20b%2Fflow.ipynb%3A%3Ax'
    ]);
    expect(asked[0]?.headers.get('authorization')).toBe('token T');
  });

  it('that is refused says what the server said', async () => {
    const view = { code: 'JF402', message: 'there is no flow', hint: 'Look again.', problems: [] };

    const error = await errorOfAnswer(() => json(view, 404));

    expect(error).toMatchObject({ code: 'JF402', message: 'there is no flow', hint: 'Look again.', status: 404 });
  });

  it.each([
    ['an extension that is off', () => new Response('<html>', { status: 404 }), 'JF700', /extension/],
    ['another answer', () => new Response('oh', { status: 502 }), 'JF701', /log/],
    ['no server', () => Promise.reject(new TypeError('fetch failed')), 'JF702', /./]
  ])('that meets %s says what to do', async (_, answer, code, hint) => {
    const error = await errorOfAnswer(answer as Answer);

    expect(error.code).toBe(code);
    expect(error.hint).toMatch(hint);
  });
});

describe('versions', () => {
  it.each([
    ['0.1.0', '0.1.0'],
    ['0.2.0-alpha.1', '0.2.0a1'],
    ['1.0.0-rc.2', '1.0.0rc2']
  ])('%s of npm is %s of Python', (page, server) => {
    expect(mismatch(page, server)).toBeNull();
  });

  it('that differ are told with the command that mends it', () => {
    expect(mismatch('0.1.0', '0.2.0')?.command).toBe('pip install --force-reinstall jupyterlab-flow==0.2.0');
    expect(mismatch('0.10.0', '0.9.0')?.command).toBe('pip install --upgrade jupyterlab-flow==0.10.0');
  });
});
