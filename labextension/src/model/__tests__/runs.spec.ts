import { describe, expect, it } from 'vitest';

import { page } from '../../core/__tests__/samples';
import type { RunView } from '../../core/wire.gen';
import { RunsModel } from '../runs';
import { FakeStream } from './fakeStream';

const run = (id: string, state: string): RunView => ({ ...page().run, id, state, created_at: `2026-01-0${id}T00:00:00Z` });

function shown(...runs: RunView[]) {
  const stream = new FakeStream();
  const model = new RunsModel(stream, 3);
  const ended: string[] = [];
  model.ended.connect((_, each) => ended.push(`${each.id} ${each.state}`));
  model.hold();
  stream.tell({ kind: 'runs_event', runs });
  return { stream, model, ended };
}

describe('the runs', () => {
  it('are those that were told, newest first, and no more than one wants to see', () => {
    const { model, stream } = shown(run('2', 'running'), run('1', 'failed'));

    stream.tell({ kind: 'runs_event', runs: [run('4', 'queued'), run('3', 'queued')] });

    expect(model.runs?.map(each => each.id)).toEqual(['4', '3', '2']);
    expect(model.live.map(each => each.id)).toEqual(['4', '3', '2']);
  });

  it('that come to their end are told once, those that had ended before are not', () => {
    const { stream, ended } = shown(run('2', 'running'), run('1', 'failed'));

    stream.tell({ kind: 'runs_event', runs: [run('2', 'failed')] });
    stream.tell({ kind: 'runs_event', runs: [run('2', 'failed'), run('1', 'failed')] });

    expect(ended).toEqual(['2 failed']);
  });

  it('that ended before we ever saw them run are told too', () => {
    const { stream, ended } = shown(run('1', 'succeeded'));

    stream.tell({ kind: 'runs_event', runs: [run('2', 'succeeded')] });

    expect(ended).toEqual(['2 succeeded']);
  });

  it('that are repaired and end again are told again', () => {
    const { stream, ended } = shown(run('1', 'failed'));

    stream.tell({ kind: 'runs_event', runs: [run('1', 'running')] });
    stream.tell({ kind: 'runs_event', runs: [run('1', 'succeeded')] });

    expect(ended).toEqual(['1 succeeded']);
  });

  it('that are older are added as many at a time, until there are no more', async () => {
    const all = ['9', '8', '7', '6', '5', '4', '3'].map(id => run(id, 'succeeded'));
    const asked: string[] = [];
    const stream = new FakeStream();
    const model = new RunsModel(stream, 3, async (than, limit) => {
      asked.push(than);
      const from = all.findIndex(each => than === `${each.created_at},${each.id}`) + 1;
      return all.slice(from, from + limit);
    });
    const ids = (): string | undefined => model.runs?.map(each => each.id).join('');
    expect(model.hasOlder).toBe(false);
    model.hold();
    stream.tell({ kind: 'runs_event', runs: all.slice(0, 3) });
    expect(model.hasOlder).toBe(true);

    await Promise.all([model.showOlder(), model.showOlder()]);
    expect([ids(), model.hasOlder]).toEqual(['987654', true]);
    await model.showOlder();

    expect([ids(), model.hasOlder]).toEqual(['9876543', false]);
    expect(asked).toEqual(['2026-01-07T00:00:00Z,7', '2026-01-04T00:00:00Z,4']);
    // What comes later pushes none of them out.
    stream.tell({ kind: 'runs_event', runs: [run('10', 'queued')].map(each => ({ ...each, created_at: '2026-02-01T00:00:00Z' })) });
    expect([ids(), model.hasOlder]).toEqual(['109876543', false]);
  });

  it('say why older ones cannot be had', async () => {
    const stream = new FakeStream();
    const model = new RunsModel(stream, 1, () => Promise.reject(new Error('gone')));
    model.hold();
    stream.tell({ kind: 'runs_event', runs: [run('1', 'failed')] });

    await model.showOlder();

    expect(model.error?.message).toContain('gone');
    expect([model.runs?.length, model.hasOlder]).toEqual([1, true]);
  });
});
