/** A Lumino widget drawn by React that keeps its models up to date only while it can be seen. */
import { ReactWidget } from '@jupyterlab/ui-components';
import type { IDisposable } from '@lumino/disposable';
import type { Message } from '@lumino/messaging';

export abstract class ShownWidget extends ReactWidget {
  constructor() {
    super();
    // So that it can be the current one of the window.
    this.node.tabIndex = -1;
  }

  override dispose(): void {
    this._release();
    super.dispose();
  }

  /** Whether a person can see it, if the page itself is not hidden. */
  protected get isSeen(): boolean {
    return this._held !== null;
  }

  /** Begin to keep up to date what it shows. */
  protected abstract holdModels(): IDisposable;

  protected override onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    this._hold();
  }

  protected override onActivateRequest(message: Message): void {
    super.onActivateRequest(message);
    this.node.focus();
  }

  protected override onAfterShow(message: Message): void {
    super.onAfterShow(message);
    this._hold();
  }

  protected override onBeforeHide(message: Message): void {
    this._release();
    super.onBeforeHide(message);
  }

  protected override onBeforeDetach(message: Message): void {
    this._release();
    super.onBeforeDetach(message);
  }

  private _hold(): void {
    if (this.isVisible && !this._held) {
      this._held = this.holdModels();
      this.update();
    }
  }

  private _release(): void {
    if (this._held) {
      this._held.dispose();
      this._held = null;
      this.update();
    }
  }

  private _held: IDisposable | null = null;
}
