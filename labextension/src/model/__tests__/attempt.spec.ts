import { describe, expect, it } from 'vitest';

import { json, settingsWith } from '../../api/__tests__/fakes';
import { FlowClient } from '../../api/client';
import type { LogEvent, NotebookEvent } from '../../core/wire.gen';
import { AttemptModel } from '../attempt';
import { FakeStream, settled } from './fakeStream';

const NAME = { run: 'r', task: 'train', index: null, number: 1 };
const log = (start: number, text: string, isOver = false): LogEvent => ({
  kind: 'log_event', ...NAME, start, next: start + text.length, text, is_over: isOver
});
const saved = (tag: string): NotebookEvent => ({ kind: 'notebook_event', ...NAME, tag });

function makeModel() {
  const stream = new FakeStream();
  const waiting: ((answer: Response) => void)[] = [];
  const client = new FlowClient(settingsWith(() => new Promise(resolve => waiting.push(resolve))));
  return { stream, waiting, model: new AttemptModel(NAME, client, stream) };
}

describe('the log of an attempt', () => {
  it('grows chunk by chunk, and is asked for from where it ended', () => {
    const { model, stream } = makeModel();
    model.hold().dispose();
    const held = model.hold();

    stream.tell(log(0, 'one\n'), log(4, 'two\n'));
    held.dispose();
    model.hold();

    expect(model.log).toEqual({ text: 'one\ntwo\n', isOver: false });
    expect(stream.asked.at(-1)).toMatchObject({ kind: 'watch_attempt', start: 8 });
  });

  it('has no part twice', () => {
    const { model, stream } = makeModel();
    model.hold();

    stream.tell(log(0, 'one\n'), log(0, 'one\n'), log(4, 'two\n', true), log(8, '', true));

    expect(model.log).toEqual({ text: 'one\ntwo\n', isOver: true });
  });
});

describe('the notebook of an attempt', () => {
  it('is asked for when it was written and somebody wants it', async () => {
    const { model, stream, waiting } = makeModel();
    model.hold();
    stream.tell(saved('a'));
    await settled();
    expect(waiting).toHaveLength(0);

    model.holdNotebook();
    await settled();
    waiting.shift()?.(json({ cells: [] }));
    await settled();

    expect(model.notebook).toEqual({ cells: [] });
  });

  it('is asked for once more when it was written while it was on its way', async () => {
    const { model, stream, waiting } = makeModel();
    model.holdNotebook();
    stream.tell(saved('a'), saved('b'), saved('c'));
    await settled();
    expect(waiting).toHaveLength(1);

    waiting.shift()?.(json({ cells: [1] }));
    await settled();
    await settled();
    waiting.shift()?.(json({ cells: [2] }));
    await settled();

    expect(waiting).toHaveLength(0);
    expect(model.notebook).toEqual({ cells: [2] });
  });

  it('is not there when the attempt is over and never told of one', () => {
    const { model, stream } = makeModel();
    model.holdNotebook();

    stream.tell(log(0, '', true));

    expect(model.hasNoNotebook).toBe(true);
  });
});
