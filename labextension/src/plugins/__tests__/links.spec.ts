import { describe, expect, it } from 'vitest';

import { linked } from '../links';

describe('a link to a run', () => {
  it('names the run, the task, and leaves the rest of the address', () => {
    expect(linked('?jupyter-flow-run=20260301-061500-k3f9&jupyter-flow-task=train%5B2%5D&reset=')).toEqual({
      run: '20260301-061500-k3f9', task: 'train[2]', rest: '?reset='
    });
  });

  it('need not name a task', () => {
    expect(linked('?jupyter-flow-run=r')).toEqual({ run: 'r', task: null, rest: '' });
  });

  it('is no link without a run', () => {
    expect(linked('?jupyter-flow-task=train')).toBeNull();
    expect(linked('')).toBeNull();
  });
});
