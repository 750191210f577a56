/** A list that the server does not tell of by itself: asked for when it is shown, and now and then. */
import { ShownModel } from './shown';

export class PolledModel<T> extends ShownModel {
  /** *period* in milliseconds: how often it is asked for while it is shown. */
  constructor(ask: () => Promise<readonly T[]>, period: number) {
    super();
    this._ask = ask;
    this._period = period;
  }

  /** Null until it was told once. */
  get list(): readonly T[] | null {
    return this._list;
  }

  async refresh(): Promise<void> {
    if (this._asking) {
      this._again = true;
      return;
    }
    this._asking = true;
    await this._try(this._ask, list => {
      this._list = list;
    });
    this._asking = false;
    if (this._again && !this.isDisposed) {
      this._again = false;
      await this.refresh();
    }
  }

  /** Something it shows may be different: ask again, if anybody looks. */
  nudge(): void {
    if (this.isHeld) {
      void this.refresh();
    }
  }

  protected _begin(): void {
    void this.refresh();
    this._timer = setInterval(() => void this.refresh(), this._period);
  }

  protected _end(): void {
    clearInterval(this._timer);
  }

  private readonly _ask: () => Promise<readonly T[]>;
  private readonly _period: number;
  private _list: readonly T[] | null = null;
  private _timer: ReturnType<typeof setInterval> | undefined;
  private _asking = false;
  private _again = false;
}
