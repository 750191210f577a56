/**
 * What all models share: they do something only while somebody shows them.
 *
 * A view holds its model (`hold`) as long as it can be seen; with the first hold `_begin` is
 * called, with the last one gone `_end`. Changes are told by one signal, many at once.
 */
import { DisposableDelegate } from '@lumino/disposable';
import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';

import { asRequestError } from '../api/errors';
import type { FlowRequestError } from '../api/errors';
import { Throttled } from './throttled';

export abstract class ShownModel implements IDisposable {
  /** What is shown is different. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Another number after each change. */
  get version(): number {
    return this._version;
  }

  /** Why there is nothing to show, or nothing new. */
  get error(): FlowRequestError | null {
    return this._error;
  }

  get isHeld(): boolean {
    return this._holds > 0;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** Keep it up to date until the answer is disposed. */
  hold(): IDisposable {
    this._holds += 1;
    if (this._holds === 1 && !this._isDisposed) {
      this._begin();
    }
    return new DisposableDelegate(() => {
      this._holds -= 1;
      if (this._holds === 0 && !this._isDisposed) {
        this._end();
      }
    });
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    if (this._holds > 0) {
      this._end();
    }
    this._isDisposed = true;
    this._throttled.dispose();
    Signal.clearData(this);
  }

  protected abstract _begin(): void;
  protected abstract _end(): void;

  protected _touch(): void {
    this._throttled.touch();
  }

  /** Do *ask*; what goes wrong becomes `error`. Nothing happens after the model is disposed. */
  protected async _try<T>(ask: () => Promise<T>, take: (answer: T) => void): Promise<void> {
    try {
      const answer = await ask();
      if (!this._isDisposed) {
        this._error = null;
        take(answer);
      }
    } catch (error) {
      this._error = asRequestError(error);
    }
    this._touch();
  }

  private readonly _changed = new Signal<this, void>(this);
  private readonly _throttled = new Throttled(() => {
    this._version += 1;
    this._changed.emit();
  });
  private _version = 0;
  private _error: FlowRequestError | null = null;
  private _holds = 0;
  private _isDisposed = false;
}
