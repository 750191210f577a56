// @vitest-environment node
import { afterEach, beforeEach, expect, it, vi } from 'vitest';

import { Throttled } from '../throttled';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('many changes are told once, and soon', () => {
  const tell = vi.fn();
  const throttled = new Throttled(tell, 16);
  throttled.touch();
  throttled.touch();
  vi.advanceTimersByTime(16);
  vi.runAllTimers();

  expect(tell).toHaveBeenCalledOnce();
});

it('what changes while little is to be drawn is told with the next frame', () => {
  const tell = vi.fn();
  const throttled = new Throttled(tell, 16);
  throttled.flush();
  throttled.touch();
  vi.advanceTimersByTime(17);

  expect(tell).toHaveBeenCalledTimes(2);
});

it('after a drawing that took long it rests twice as long, and then tells what came meanwhile', () => {
  const tell = vi.fn();
  const throttled = new Throttled(tell, 16);
  throttled.flush();
  throttled.touch();
  busyFor(200);
  vi.advanceTimersByTime(390);
  const meanwhile = tell.mock.calls.length;
  vi.advanceTimersByTime(20);

  expect(meanwhile).toBe(1);
  expect(tell).toHaveBeenCalledTimes(2);
});

it('nothing is told after it is disposed of', () => {
  const tell = vi.fn();
  const throttled = new Throttled(tell, 16);
  throttled.flush();
  throttled.touch();
  throttled.dispose();
  vi.runAllTimers();

  expect(tell).toHaveBeenCalledOnce();
});

/** The page draws: the clock goes on, and the timer that was due comes only then. */
function busyFor(milliseconds: number): void {
  const real = performance.now.bind(performance);
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => real() + milliseconds);
  vi.advanceTimersByTime(16);
  clock.mockRestore();
}
