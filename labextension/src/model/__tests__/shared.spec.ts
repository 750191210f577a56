import { describe, expect, it, vi } from 'vitest';

import { PolledModel } from '../polled';
import { Shared } from '../shared';
import { settled } from './fakeStream';

describe('a model that several show', () => {
  const made: string[] = [];
  const models = new Shared(key => {
    made.push(key);
    return new PolledModel(async () => [], 1000);
  });

  it('is one, and gone with the last of them', () => {
    const first = models.get('a');
    const second = models.get('a');

    expect(first.model).toBe(second.model);
    first.dispose();
    first.dispose();
    expect(second.model.isDisposed).toBe(false);
    second.dispose();
    expect(second.model.isDisposed).toBe(true);
    models.get('a');
    expect(made).toEqual(['a', 'a']);
  });
});

describe('a list that is asked for', () => {
  it('is asked for while somebody sees it, and then no more', () => {
    vi.useFakeTimers();
    const ask = vi.fn(async () => [1]);
    const model = new PolledModel(ask, 1000);
    model.nudge();
    expect(ask).not.toHaveBeenCalled();

    const held = model.hold();
    expect(ask).toHaveBeenCalledTimes(1);
    held.dispose();
    vi.advanceTimersByTime(10_000);

    expect(ask).toHaveBeenCalledTimes(1);
    vi.useRealTimers();
  });

  it('is asked for once more when somebody wished so meanwhile', async () => {
    const answers = [[1], [2]];
    const model = new PolledModel(async () => answers.shift() ?? [], 60_000);
    model.hold();
    model.nudge();
    model.nudge();
    await settled();

    expect(model.list).toEqual([2]);
    expect(answers).toEqual([]);
    model.dispose();
  });
});
