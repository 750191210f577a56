/** The time, for what ticks on the screen: one timer for all, none while nothing listens. */
import { useSyncExternalStore } from 'react';

const listeners = new Set<() => void>();
let current = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(heard: () => void): () => void {
  listeners.add(heard);
  if (timer === undefined) {
    current = Date.now();
    timer = setInterval(() => {
      current = Date.now();
      listeners.forEach(each => each());
    }, 1000);
  }
  return () => {
    listeners.delete(heard);
    if (listeners.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  };
}

const never = () => () => undefined;

/** The moment in milliseconds, brought up to date each second; it stands still unless `ticks`. */
export function useNow(ticks: boolean): number {
  return useSyncExternalStore(ticks ? subscribe : never, () => (ticks && timer !== undefined ? current : still()));
}

/** Without a timer the time is asked for once a second at most, so that a snapshot is stable. */
function still(): number {
  const now = Date.now();
  if (now - current >= 1000) {
    current = now;
  }
  return current;
}
