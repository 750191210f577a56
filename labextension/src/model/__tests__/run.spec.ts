import { describe, expect, it } from 'vitest';

import { json, settingsWith } from '../../api/__tests__/fakes';
import { FlowClient } from '../../api/client';
import { event, move, page } from '../../core/__tests__/samples';
import type { RunPage } from '../../core/wire.gen';
import { RunModel } from '../run';
import { FakeStream, settled } from './fakeStream';

/** A server whose pages the test gives out, one after another, when it wants to. */
function makeModel() {
  const stream = new FakeStream();
  const waiting: ((answer: Response) => void)[] = [];
  const client = new FlowClient(settingsWith(() => new Promise(resolve => waiting.push(resolve))));
  const model = new RunModel(page().run.id, client, stream);
  const answer = async (given: RunPage | Response): Promise<void> => {
    await settled();
    waiting.shift()?.(given instanceof Response ? given : json(given));
    await settled();
  };
  return { model, stream, waiting, answer };
}

describe('a run', () => {
  it('is loaded when it is shown, and watched from there on', async () => {
    const { model, stream, answer } = makeModel();
    expect(stream.watched).toEqual([]);

    model.hold();
    await answer(page());

    expect(model.page?.seq).toBe(page().seq);
    expect(stream.asked).toEqual([{ kind: 'watch_run', run: page().run.id, after: page().seq }]);
  });

  it('follows its events, and tells once of many', async () => {
    const { model, stream, answer } = makeModel();
    model.hold();
    await answer(page());
    let told = 0;
    const changed = () => new Promise<void>(resolve => model.changed.connect(() => resolve()));
    await changed();
    model.changed.connect(() => {
      told += 1;
    });

    stream.tell(event(page().seq + 1, { moves: [move('load', 'running')] }), event(page().seq + 2, { moves: [move('load', 'succeeded')] }));
    await changed();

    expect(model.page?.task_runs.find(each => each.task === 'load')?.state).toBe('succeeded');
    expect(told).toBe(1);
  });

  it('is asked for again when the plan changed, and loses nothing that was told meanwhile', async () => {
    const { model, stream, answer, waiting } = makeModel();
    model.hold();
    await answer(page());
    const seq = page().seq;

    stream.tell(event(seq + 1, { reload: true }));
    await settled();
    expect(waiting).toHaveLength(1);
    stream.tell(event(seq + 2, { moves: [move('load', 'running')] }));
    await answer({ ...page(), seq: seq + 1 });

    expect(model.page?.seq).toBe(seq + 2);
    expect(model.page?.task_runs.find(each => each.task === 'load')?.state).toBe('running');
  });

  it('is not watched while nobody sees it, and goes on where it was', async () => {
    const { model, stream, answer } = makeModel();
    const first = model.hold();
    const second = model.hold();
    await answer(page());

    first.dispose();
    expect(stream.watched).toHaveLength(1);
    second.dispose();
    expect(stream.watched).toHaveLength(0);
    model.hold();

    expect(stream.asked.at(-1)).toMatchObject({ after: page().seq });
  });

  it('that cannot be loaded says why, and is asked for again when the server is back', async () => {
    const { model, stream, answer } = makeModel();
    model.hold();
    await answer(json({ code: 'JF402', message: 'there is no run', hint: 'Look.', problems: [] }, 404));
    expect(model.error?.message).toBe('there is no run');

    stream.connectionChanged.emit('open');
    await answer(page());

    expect(model.error).toBeNull();
    expect(model.page).not.toBeNull();
  });

  it('is silent once it is disposed of', async () => {
    const { model, stream, answer } = makeModel();
    model.hold();
    model.dispose();

    await answer(page());

    expect(model.page).toBeNull();
    expect(stream.watched).toEqual([]);
  });
});
