/** The other runs of a flow: what views ask their host for, and what happens when one is chosen. */
import { useEffect, useState } from 'react';

import type { GridColumn, PastView, RunPage, RunView } from '../core/wire.gen';

export interface IOtherRuns {
  /** The newest runs of the flow of that name, the newest first. */
  runs(flow: string, limit: number): Promise<readonly RunView[]>;
  /** The same with the states of all their tasks. */
  grid(flow: string, limit: number): Promise<readonly GridColumn[]>;
  /** The pages of runs, in the order in which they are named. */
  pages(ids: readonly string[]): Promise<readonly RunPage[]>;
  /** What a task came to in the newest runs, the newest first. */
  past(flow: string, task: string): Promise<readonly PastView[]>;
  open(run: string, task?: string): void;
  /** Show a run beside another one. */
  compare(run: string, other: string): void;
}

export interface IAsked<T> {
  /** The last answer; null until there is one. */
  readonly answer: T | null;
  /** Why there is no newer one. */
  readonly error: string | null;
}

/** The answer to what `ask` asks, asked again with each other `key`; nothing is asked for null. */
export function useAsked<T>(key: string | null, ask: () => Promise<T>): IAsked<T> {
  const [asked, setAsked] = useState<IAsked<T>>({ answer: null, error: null });
  useEffect(() => {
    let isGone = false;
    const take = (next: (before: IAsked<T>) => IAsked<T>): void => {
      if (!isGone) {
        setAsked(next);
      }
    };
    if (key !== null) {
      ask().then(
        answer => take(() => ({ answer, error: null })),
        (error: unknown) => take(before => ({ ...before, error: messageOf(error) }))
      );
    }
    return () => {
      isGone = true;
    };
    // The key says what is asked; `ask` is another function at each drawing.
  }, [key]);
  return asked;
}

function messageOf(error: unknown): string {
  const { message, hint } = error as { message?: string; hint?: string };
  return [message ?? String(error), hint].filter(Boolean).join('. ');
}
