/** What the server answers to a request that changes while somebody types: asked once they pause. */
import { useEffect, useRef, useState } from 'react';

import type { ErrorView } from '../../core/wire.gen';
import type { Answered } from './asking';

/** A pause in typing, in milliseconds. */
const PAUSE = 200;

export interface IAnswer<T> {
  /** The last answer; it stays while the next one is on its way, and goes with an error. */
  readonly answer: T | null;
  readonly error: ErrorView | null;
  readonly isAsking: boolean;
}

/** Null asks for nothing. Only the answer to the latest request counts. */
export function useAnswer<Q, T>(request: Q | null, ask: (request: Q) => Promise<Answered<T>>): IAnswer<T> {
  const [found, setFound] = useState<IAnswer<T>>({ answer: null, error: null, isAsking: request !== null });
  const latest = useRef({ request, ask });
  latest.current = { request, ask };
  const key = JSON.stringify(request);
  useEffect(() => {
    const { request: asked, ask: how } = latest.current;
    if (asked === null) {
      setFound({ answer: null, error: null, isAsking: false });
      return undefined;
    }
    let isLatest = true;
    setFound(before => ({ ...before, isAsking: true }));
    const timer = setTimeout(() => void how(asked).then(told => {
      if (isLatest) {
        setFound('error' in told ? { answer: null, error: told.error, isAsking: false } : { answer: told.answer, error: null, isAsking: false });
      }
    }), PAUSE);
    return () => {
      isLatest = false;
      clearTimeout(timer);
    };
  }, [key]);
  return found;
}
