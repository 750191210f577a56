/** Tells of many changes at once: events come in bursts, a screen need not be drawn for each. */
import type { IDisposable } from '@lumino/disposable';

/** About one frame. Not an animation frame: those stop while the page is hidden. */
const FRAME = 16;

export class Throttled implements IDisposable {
  constructor(private readonly _tell: () => void, private readonly _pause = FRAME) {}

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** Something changed; it is told soon. */
  touch(): void {
    if (this._timer === undefined && !this._isDisposed) {
      this._timer = setTimeout(() => this.flush(), this._pause);
    }
  }

  /** Something changed; it is told now. */
  flush(): void {
    clearTimeout(this._timer);
    this._timer = undefined;
    if (!this._isDisposed) {
      this._tell();
    }
  }

  dispose(): void {
    this._isDisposed = true;
    clearTimeout(this._timer);
  }

  private _timer: ReturnType<typeof setTimeout> | undefined;
  private _isDisposed = false;
}
