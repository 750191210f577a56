// @vitest-environment node
import { expect, it, vi } from 'vitest';

import { event, move, page } from '../../core/__tests__/samples';
import { reduce } from '../../core/run';
import { facesOf } from '../faces';
import { FaceBoard } from '../graph/board';

it('what happens to a task is told to those only that draw it', () => {
  const before = page();
  const after = reduce(before, event(11, { moves: [move('load', 'running')] }));
  const [board, load, train, gone] = [new FaceBoard(), vi.fn(), vi.fn(), vi.fn()];
  const faces = facesOf(before);
  board.set(faces);
  board.listen('load', load);
  board.listen('train', train);
  board.listen('load', gone)();
  board.set(facesOf(after, faces));

  expect(board.get('load')?.state).toBe('running');
  expect(load).toHaveBeenCalledOnce();
  expect(train).not.toHaveBeenCalled();
  expect(gone).not.toHaveBeenCalled();
});
