/**
 * What of a large graph is drawn task by task: what can be seen, and a little around it, unless
 * that is too much. Of all the rest there is a sketch.
 */
import { useEffect, useState } from 'react';

import { useStoreApi } from '@xyflow/react';

import { NODE_HEIGHT, NODE_WIDTH } from './elements';
import type { IPlaces } from './places';
import type { ISpot } from './walk';

/** A graph of more boxes than these is large: a page of so many elements would not move. */
export const LARGE = 1500;
/** So many are drawn one by one. */
const MOST = 300;
/** By this part of what can be seen, more is drawn on each side: so it need not be with each step. */
const AROUND = 0.3;

export interface IView {
  /** Where the graph's origin is in the box, and by how much the graph is enlarged. */
  readonly left: number;
  readonly top: number;
  readonly zoom: number;
  /** The size of the box. */
  readonly width: number;
  readonly height: number;
}

interface IBounds {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** The part of the graph that can be seen. */
export function boundsOf({ left, top, zoom, width, height }: IView): IBounds {
  return { left: -left / zoom, top: -top / zoom, right: (width - left) / zoom, bottom: (height - top) / zoom };
}

export function isWithin({ x, y }: ISpot, bounds: IBounds): boolean {
  return x + NODE_WIDTH >= bounds.left && x <= bounds.right && y + NODE_HEIGHT >= bounds.top && y <= bounds.bottom;
}

/** What is drawn at a point of the graph, or next to it and no further off than `slack`. */
export function spotAt({ spots }: IPlaces, x: number, y: number, slack = 0): ISpot | undefined {
  const off = (spot: ISpot): number => Math.max(spot.x - x, x - spot.x - NODE_WIDTH, spot.y - y, y - spot.y - NODE_HEIGHT, 0);
  let [best, least]: [ISpot | undefined, number] = [undefined, slack];
  for (const spot of spots) {
    const far = off(spot);
    if (far < least || (far === least && best === undefined)) {
      [best, least] = [spot, far];
    }
  }
  return best;
}

/** The boxes to be drawn one by one in a large graph; null while they are too many. */
export function useSight(places: IPlaces): ReadonlySet<string> | null {
  const store = useStoreApi();
  const [sight, setSight] = useState<ReadonlySet<string> | null>(null);
  useEffect(() => {
    if (places.spots.length <= LARGE) {
      setSight(null);
      return undefined;
    }
    let seen: unknown = null;
    let drawn: IBounds | null = null;
    let drawnAt = 0;
    const look = (): void => {
      const { transform, width, height } = store.getState();
      const [left, top, zoom] = transform;
      const bounds = boundsOf({ left, top, zoom, width, height });
      if (transform === seen || (drawn !== null && zoom >= drawnAt && covers(drawn, bounds))) {
        return;
      }
      seen = transform;
      const more = around(bounds);
      const found = places.spots.filter(spot => isWithin(spot, more));
      const isFew = width > 0 && found.length <= MOST;
      [drawn, drawnAt] = [isFew ? more : null, zoom];
      setSight(isFew ? new Set(found.map(each => each.id)) : null);
    };
    look();
    return store.subscribe(look);
  }, [store, places]);
  return sight;
}

function covers(outer: IBounds, inner: IBounds): boolean {
  return outer.left <= inner.left && outer.top <= inner.top && outer.right >= inner.right && outer.bottom >= inner.bottom;
}

function around({ left, top, right, bottom }: IBounds): IBounds {
  const [x, y] = [(right - left) * AROUND, (bottom - top) * AROUND];
  return { left: left - x, top: top - y, right: right + x, bottom: bottom + y };
}
