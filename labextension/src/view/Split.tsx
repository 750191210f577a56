/**
 * A main part and a side part whose size can be changed with the mouse and the keyboard. In a
 * narrow place the side part lies below the main part.
 */
import { useCallback, useEffect, useRef, useState } from 'react';
import type { ReactNode } from 'react';

export interface ISplitProps {
  readonly children: ReactNode;
  /** Nothing: the main part has all the room. */
  readonly side: ReactNode | null;
  readonly sideLabel: string;
}

/** Narrower than this, and the parts are one above the other. */
const NARROW = 640;
const LEAST = 22;
const MOST = 75;

export function Split({ children, side, sideLabel }: ISplitProps): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const [share, setShare] = useState(40);
  const isNarrow = useIsNarrow(box);
  const set = useCallback((value: number) => setShare(Math.min(MOST, Math.max(LEAST, value))), []);

  const onPointerDown = (event: React.PointerEvent<HTMLDivElement>): void => {
    const handle = event.currentTarget;
    handle.setPointerCapture(event.pointerId);
    const move = (moved: PointerEvent): void => {
      const rect = box.current?.getBoundingClientRect();
      if (rect) {
        set(isNarrow ? (100 * (rect.bottom - moved.clientY)) / rect.height : (100 * (rect.right - moved.clientX)) / rect.width);
      }
    };
    const end = (): void => {
      handle.removeEventListener('pointermove', move);
      handle.removeEventListener('pointerup', end);
    };
    handle.addEventListener('pointermove', move);
    handle.addEventListener('pointerup', end);
  };
  const onKeyDown = (event: React.KeyboardEvent): void => {
    const grows = event.key === 'ArrowLeft' || event.key === 'ArrowUp';
    if (grows || event.key === 'ArrowRight' || event.key === 'ArrowDown') {
      event.preventDefault();
      set(share + (grows ? 4 : -4));
    }
  };
  return (
    <div className="jp-Flow-split" ref={box} data-narrow={isNarrow || undefined}>
      <div className="jp-Flow-splitMain">{children}</div>
      {side ? (
        <>
          <div
            className="jp-Flow-splitter"
            role="separator"
            aria-label={`size of ${sideLabel}`}
            aria-orientation={isNarrow ? 'horizontal' : 'vertical'}
            aria-valuenow={Math.round(share)}
            aria-valuemin={LEAST}
            aria-valuemax={MOST}
            tabIndex={0}
            onPointerDown={onPointerDown}
            onKeyDown={onKeyDown}
          />
          <aside className="jp-Flow-splitSide" aria-label={sideLabel} style={{ flexBasis: `${share}%` }}>
            {side}
          </aside>
        </>
      ) : null}
    </div>
  );
}

function useIsNarrow(box: React.RefObject<HTMLElement>): boolean {
  const [isNarrow, setNarrow] = useState(false);
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => setNarrow((entry?.contentRect.width ?? NARROW) < NARROW));
    if (box.current) {
      observer.observe(box.current);
    }
    return () => observer.disconnect();
  }, [box]);
  return isNarrow;
}
