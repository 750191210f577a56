/** Which part of a long thing is on the screen: only that is drawn. */
import { useCallback, useLayoutEffect, useState } from 'react';

export interface IScrolled {
  readonly top: number;
  readonly left: number;
  readonly width: number;
  readonly height: number;
}

const START: IScrolled = { top: 0, left: 0, width: 800, height: 600 };

/** How a box is scrolled, kept up to date; attach the reference and the handler to the box. */
export function useScrolled<T extends HTMLElement>(): [IScrolled, (box: T | null) => void, () => void, T | null] {
  const [box, setBox] = useState<T | null>(null);
  const [scrolled, setScrolled] = useState(START);
  const read = useCallback(() => {
    if (box) {
      setScrolled({
        top: box.scrollTop, left: box.scrollLeft,
        // Where nothing is laid out (a hidden tab, a test) a page of a usual size is assumed.
        width: box.clientWidth || START.width, height: box.clientHeight || START.height
      });
    }
  }, [box]);
  useLayoutEffect(() => {
    if (!box) {
      return undefined;
    }
    read();
    const observer = new ResizeObserver(read);
    observer.observe(box);
    return () => observer.disconnect();
  }, [box, read]);
  return [scrolled, setBox, read, box];
}

/** From which to which (excluded) of `count` equal parts can be seen, with some to spare. */
export function visible(start: number, length: number, size: number, count: number, spare = 8): [number, number] {
  const from = Math.max(0, Math.floor(start / size) - spare);
  return [Math.min(from, count), Math.min(count, Math.ceil((start + length) / size) + spare)];
}
