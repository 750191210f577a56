/**
 * Tells of many changes at once: events come in bursts, a screen need not be drawn for each.
 *
 * After each telling it rests, twice as long as the page was busy with what came of it: so two
 * thirds of the time stay for the person who clicks and scrolls, however much there is to draw.
 */
import type { IDisposable } from '@lumino/disposable';

/** About one frame. Not an animation frame: those stop while the page is hidden. */
const FRAME = 16;
/** By so much the rest is longer than the work. */
const REST = 2;

export class Throttled implements IDisposable {
  constructor(private readonly _tell: () => void, private readonly _pause = FRAME) {}

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** Something changed; it is told soon. */
  touch(): void {
    this._isTouched = true;
    if (this._timer === undefined && !this._isDisposed) {
      this._timer = setTimeout(() => this.flush(), this._pause);
    }
  }

  /** Something changed; it is told now. */
  flush(): void {
    clearTimeout(this._timer);
    this._timer = undefined;
    if (!this._isDisposed) {
      this._isTouched = false;
      this._tell();
      this._rest();
    }
  }

  dispose(): void {
    this._isDisposed = true;
    clearTimeout(this._timer);
  }

  /** What is drawn is drawn after this returns; the next timer then comes late by as long. */
  private _rest(): void {
    const due = performance.now() + this._pause;
    this._timer = setTimeout(() => {
      const late = Math.max(0, performance.now() - due);
      this._timer = setTimeout(() => this._wake(), REST * late);
    }, this._pause);
  }

  private _wake(): void {
    this._timer = undefined;
    if (this._isTouched) {
      this.flush();
    }
  }

  private _timer: ReturnType<typeof setTimeout> | undefined;
  private _isTouched = false;
  private _isDisposed = false;
}
