import { expect, it } from 'vitest';

import { frame } from '../graph/framing';
import { placesOf } from '../graph/places';
import { step } from '../graph/walk';
import { FAILED } from './pages';

const across = placesOf(FAILED.flow.tasks, 'LR', 180, 46);
const down = placesOf(FAILED.flow.tasks, 'TB', 180, 46);

it.each([
  ['extract', 'ArrowRight', 'clean'],
  ['clean', 'ArrowLeft', 'extract'],
  ['features', 'ArrowDown', 'weather'],
  ['weather', 'ArrowUp', 'features'],
  ['extract', 'ArrowLeft', 'extract'],
  ['evaluate', 'Home', 'extract'],
  ['nowhere', 'ArrowLeft', 'extract']
])('from %s, %s leads to %s', (from, key, to) => {
  expect(step(across.walk, from, key)).toBe(to);
});

it('turns the arrows with the graph', () => {
  expect(step(down.walk, 'extract', 'ArrowDown')).toBe('clean');
  expect(step(down.walk, 'clean', 'ArrowUp')).toBe('extract');
});

it('shows a graph whole when it can be read then', () => {
  const { zoom, x } = frame(across, { width: 1200, height: 600 }, null);

  expect(zoom).toBeGreaterThan(0.7);
  expect(x).toBeGreaterThanOrEqual(0);
  expect(x + across.width * zoom).toBeLessThanOrEqual(1200);
});

it('shows what matters of a graph that would be too small', () => {
  const box = { width: 300, height: 300 };
  const { zoom, x } = frame(across, box, 'evaluate');
  const spot = across.walk.spots.get('evaluate');

  expect(zoom).toBe(0.8);
  expect((spot?.x ?? 0) * zoom + x).toBeGreaterThan(0);
  expect((spot?.x ?? 0) * zoom + x).toBeLessThan(box.width);
});
