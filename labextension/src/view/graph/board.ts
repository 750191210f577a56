/**
 * The faces of a graph as they change, each told to those only that draw it: what happens to one
 * of a thousand tasks does not touch the others, nor the graph.
 */
import { createContext, useCallback, useContext, useLayoutEffect, useRef, useSyncExternalStore } from 'react';

import type { RunPage } from '../../core/wire.gen';
import { facesOf } from '../faces';
import type { Faces, ITaskFace } from '../faces';

export class FaceBoard {
  get(task: string): ITaskFace | undefined {
    return this._faces.get(task);
  }

  /** Tells of each task whose face is another one now. */
  set(faces: Faces): void {
    const before = this._faces;
    this._faces = faces;
    for (const [task, face] of faces) {
      if (before.get(task) !== face) {
        this._listeners.get(task)?.forEach(tell => tell());
      }
    }
  }

  listen(task: string, tell: () => void): () => void {
    const listeners = this._listeners.get(task) ?? new Set();
    this._listeners.set(task, listeners.add(tell));
    return () => void listeners.delete(tell);
  }

  private _faces: Faces = new Map();
  private readonly _listeners = new Map<string, Set<() => void>>();
}

export const Board = createContext(new FaceBoard());

/** The face of a task, drawn again when it changes; none before the task is known. */
export function useFace(task: string): ITaskFace | undefined {
  const board = useContext(Board);
  const listen = useCallback((tell: () => void) => board.listen(task, tell), [board, task]);
  return useSyncExternalStore(listen, () => board.get(task));
}

/** A board that shows `faces`: from the first drawing on, and after each one. */
export function useBoard(faces: Faces): FaceBoard {
  const board = useRef<FaceBoard>();
  if (!board.current) {
    board.current = new FaceBoard();
    board.current.set(faces);
  }
  useLayoutEffect(() => board.current?.set(faces), [faces]);
  return board.current;
}

/** The faces of a page, each the same object as before while its task did not change. */
export function useFaces(page: RunPage): Faces {
  const before = useRef<{ page: RunPage; faces: Faces }>();
  if (before.current?.page !== page) {
    before.current = { page, faces: facesOf(page, before.current?.faces) };
  }
  return before.current.faces;
}

/** The same set as before while it has the same members. */
export function useSame(found: ReadonlySet<string> | null): ReadonlySet<string> | null {
  const kept = useRef(found);
  const isSame = kept.current?.size === found?.size && [...(found ?? [])].every(each => kept.current?.has(each));
  if (!isSame) {
    kept.current = found;
  }
  return kept.current;
}
