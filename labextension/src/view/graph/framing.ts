/** What part of a graph is shown at first, and again when its box gets another size. */
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';

import { useReactFlow, useStoreApi } from '@xyflow/react';

import type { TaskView } from '../../core/wire.gen';
import { NODE_HEIGHT, NODE_WIDTH } from './elements';
import { bestDirection } from './places';
import type { Direction, IPlaces } from './places';
import { LARGE } from './sight';

/** Room around the graph. */
const PAD = 28;
/** A graph of few tasks that would be smaller than this is shown in part, but so that it can be read. */
const SMALL = 0.4;
const LEGIBLE = 0.8;
/** With more tasks the whole is worth more than what is written in it. */
const MANY = 60;

export interface IFrame {
  readonly x: number;
  readonly y: number;
  readonly zoom: number;
}

/** How far away it can be seen from: what is painted can be smaller than what is drawn. */
export function leastZoom(places: IPlaces): number {
  return places.spots.length > LARGE ? 0.02 : 0.04;
}

/** How to show `places` in a box: whole if it can be read then, else around `centre`. Pure. */
export function frame(places: IPlaces, box: { width: number; height: number }, centre: string | null): IFrame {
  const fits = Math.min((box.width - 2 * PAD) / places.width, (box.height - 2 * PAD) / places.height);
  const isWhole = fits >= SMALL || places.spots.length > MANY;
  const zoom = Math.max(leastZoom(places), Math.min(1, isWhole ? fits : LEGIBLE));
  const spot = places.walk.spots.get(centre ?? '') ?? places.spots[0];
  const place = (size: number, room: number, at: number): number => {
    const drawn = size * zoom;
    if (drawn <= room - PAD) {
      return (room - drawn) / 2;
    }
    return Math.min(PAD, Math.max(room - drawn - PAD, room / 2 - at * zoom));
  };
  return {
    zoom,
    x: place(places.width, box.width, (spot?.x ?? 0) + NODE_WIDTH / 2),
    y: place(places.height, box.height, (spot?.y ?? 0) + NODE_HEIGHT / 2)
  };
}

/** Shows the graph by `frame`, until a person moves it; a chosen task stays in sight then. */
export function useFraming(places: IPlaces, centre: string | null): void {
  const flow = useReactFlow();
  const store = useStoreApi();
  const latest = useRef(centre);
  latest.current = centre;
  useEffect(() => {
    let set = '';
    let size = '';
    const show = (): void => {
      const { width, height, transform } = store.getState();
      const isUntouched = set === '' || set === transform.join();
      if (width && height && `${width}×${height}` !== size && isUntouched) {
        size = `${width}×${height}`;
        const { x, y, zoom } = frame(places, { width, height }, latest.current);
        set = [x, y, zoom].join();
        void flow.setViewport({ x, y, zoom });
      }
    };
    show();
    return store.subscribe(show);
  }, [flow, store, places]);
}

/** Which way the graph goes: by the shape of its box when it is first seen, and so from then on. */
export function useDirection(tasks: readonly TaskView[]): [Direction, (box: HTMLElement | null) => void] {
  const [box, setBox] = useState<HTMLElement | null>(null);
  const [direction, setDirection] = useState<Direction>('LR');
  useLayoutEffect(() => {
    if (box?.clientWidth && box.clientHeight) {
      setDirection(bestDirection(tasks, { width: box.clientWidth, height: box.clientHeight }, NODE_WIDTH, NODE_HEIGHT));
    }
  }, [box, tasks]);
  return [direction, useCallback((found: HTMLElement | null) => setBox(found), [])];
}
