/** Models that several views show at the same time: one of each, gone with the last that uses it. */
import type { IDisposable } from '@lumino/disposable';

/** A model on loan; dispose of it when it is not shown any more. */
export interface ILoan<T> extends IDisposable {
  readonly model: T;
}

export class Shared<T extends IDisposable> implements IDisposable {
  constructor(private readonly _make: (key: string) => T) {}

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  get(key: string): ILoan<T> {
    const entry = this._entries.get(key) ?? { model: this._make(key), users: 0 };
    this._entries.set(key, entry);
    entry.users += 1;
    let isDisposed = false;
    return {
      model: entry.model,
      get isDisposed() {
        return isDisposed;
      },
      dispose: () => {
        if (!isDisposed) {
          isDisposed = true;
          entry.users -= 1;
          this._drop(key, entry);
        }
      }
    };
  }

  dispose(): void {
    this._isDisposed = true;
    this._entries.forEach(each => each.model.dispose());
    this._entries.clear();
  }

  private _drop(key: string, entry: { model: T; users: number }): void {
    if (entry.users === 0 && !this._isDisposed) {
      this._entries.delete(key);
      entry.model.dispose();
    }
  }

  private readonly _entries = new Map<string, { model: T; users: number }>();
  private _isDisposed = false;
}
