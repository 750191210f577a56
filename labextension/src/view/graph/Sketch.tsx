/** The sketch of a large graph behind what is drawn of it box by box, and the map of it all. */
import { memo, useEffect, useMemo, useRef } from 'react';

import { Panel, useReactFlow, useStoreApi } from '@xyflow/react';

import { linesOf, paintBoxes, paintLines, paintNames, paletteOf } from './paint';
import type { IPicture } from './paint';
import { boundsOf } from './sight';
import type { IView } from './sight';

export interface ISketchProps {
  readonly picture: IPicture;
  /** The boxes are drawn one by one; what is left are the edges. */
  readonly isNear: boolean;
}

export const Sketch = memo(function Sketch({ picture, isNear }: ISketchProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const store = useStoreApi();
  const lines = useMemo(() => linesOf(picture), [picture]);
  useEffect(() => {
    const paint = (): void => {
      const { transform: [left, top, zoom], width, height } = store.getState();
      const view = { left, top, zoom, width, height };
      const context = canvas.current && prepared(canvas.current, view);
      if (canvas.current && context) {
        const palette = paletteOf(canvas.current);
        paintLines(context, lines, view, picture.places.direction === 'LR', palette, !isNear);
        if (!isNear) {
          paintBoxes(context, picture, view, palette);
          paintNames(context, picture, view, palette, getComputedStyle(canvas.current).fontFamily);
        }
      }
    };
    return eachFrame(store.subscribe, paint);
  }, [store, picture, lines, isNear]);
  return <canvas ref={canvas} className="jp-Flow-sketch" aria-hidden />;
});

const MAP = { width: 160, height: 110 };

/** All boxes as dots, and around which of them are seen; where it is clicked the graph is moved to. */
export const SketchMap = memo(function SketchMap({ picture }: { picture: IPicture }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const frame = useRef<HTMLDivElement>(null);
  const store = useStoreApi();
  const flow = useReactFlow();
  const view = useMemo(() => whole(picture), [picture]);
  useEffect(() => eachFrame(() => () => undefined, () => {
    const context = canvas.current && prepared(canvas.current, view);
    if (canvas.current && context) {
      paintBoxes(context, picture, view, paletteOf(canvas.current));
    }
  }), [picture, view]);
  useEffect(() => eachFrame(store.subscribe, () => {
    const { transform: [left, top, zoom], width, height } = store.getState();
    const seen = boundsOf({ left, top, zoom, width, height });
    const [x1, x2] = [seen.left, seen.right].map(at => Math.min(MAP.width, Math.max(0, view.left + at * view.zoom))) as [number, number];
    const [y1, y2] = [seen.top, seen.bottom].map(at => Math.min(MAP.height, Math.max(0, view.top + at * view.zoom))) as [number, number];
    Object.assign(frame.current?.style ?? {}, { left: `${x1}px`, top: `${y1}px`, width: `${x2 - x1}px`, height: `${y2 - y1}px` });
  }), [store, view]);
  const move = (event: React.PointerEvent<HTMLElement>): void => {
    if (event.buttons) {
      const box = event.currentTarget.getBoundingClientRect();
      const { zoom } = flow.getViewport();
      void flow.setCenter((event.clientX - box.left - view.left) / view.zoom, (event.clientY - box.top - view.top) / view.zoom, { zoom });
    }
  };
  return (
    <Panel position="bottom-right" className="jp-Flow-map">
      <div role="img" aria-label="map of the whole graph" style={MAP} onPointerDown={move} onPointerMove={move}>
        <canvas ref={canvas} style={MAP} />
        <div ref={frame} />
      </div>
    </Panel>
  );
});

function whole({ places: { width, height } }: IPicture): IView {
  const zoom = Math.min((MAP.width - 8) / Math.max(1, width), (MAP.height - 8) / Math.max(1, height));
  return { zoom, left: (MAP.width - width * zoom) / 2, top: (MAP.height - height * zoom) / 2, ...MAP };
}

/** An empty canvas as large as the view, on which one paints in the graph's own measure. */
function prepared(canvas: HTMLCanvasElement, { left, top, zoom, width, height }: IView): CanvasRenderingContext2D | null {
  const dots = window.devicePixelRatio || 1;
  canvas.width = Math.round(width * dots);
  canvas.height = Math.round(height * dots);
  const context = canvas.getContext('2d');
  context?.setTransform(dots * zoom, 0, 0, dots * zoom, dots * left, dots * top);
  return context;
}

/** Calls `paint` before the next frame, and before those after something was told by `subscribe`. */
function eachFrame(subscribe: (tell: () => void) => () => void, paint: () => void): () => void {
  let asked = 0;
  const ask = (): void => {
    asked ||= requestAnimationFrame(() => {
      asked = 0;
      paint();
    });
  };
  ask();
  const stop = subscribe(ask);
  return () => {
    stop();
    cancelAnimationFrame(asked);
  };
}
