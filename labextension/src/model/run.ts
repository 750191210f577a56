/**
 * A run with all there is to see of it: its page, with every event since folded in.
 *
 * Decides nothing about states: the page is the server's, the fold is `core/run`.
 */
import type { IDisposable } from '@lumino/disposable';

import type { FlowClient } from '../api/client';
import type { IFlowStream } from '../api/stream';
import { runTopic } from '../api/topics';
import { needsReload, reduce } from '../core/run';
import type { RunEvent, RunPage } from '../core/wire.gen';
import { ShownModel } from './shown';

export class RunModel extends ShownModel {
  constructor(readonly id: string, client: FlowClient, stream: IFlowStream) {
    super();
    this._client = client;
    this._stream = stream;
  }

  /** Null until it was loaded once. */
  get page(): RunPage | null {
    return this._page;
  }

  /** Ask for the page again. */
  async load(): Promise<void> {
    if (this._meanwhile) {
      this._again = true;
      return;
    }
    this._meanwhile = [];
    await this._try(() => this._client.run(this.id), page => this._take(page));
    this._meanwhile = null;
    if (this._again && !this.isDisposed) {
      this._again = false;
      await this.load();
    }
  }

  protected _begin(): void {
    this._stream.connectionChanged.connect(this._onConnection, this);
    if (this._page) {
      this._watch();
    } else {
      void this.load();
    }
  }

  protected _end(): void {
    this._stream.connectionChanged.disconnect(this._onConnection, this);
    this._watching?.dispose();
    this._watching = null;
  }

  private _take(page: RunPage): void {
    // The answer may be older than what was heard while it was on its way.
    this._page = (this._meanwhile ?? []).reduce(reduce, page);
    if (this.isHeld) {
      this._watch();
    }
  }

  private _watch(): void {
    this._watching ??= this._stream.watch(
      runTopic(this.id, () => this._page?.seq ?? 0, event => this._hear(event))
    );
  }

  private _hear(event: RunEvent): void {
    if (!this._page || event.seq <= this._page.seq) {
      return;
    }
    this._meanwhile?.push(event);
    this._page = reduce(this._page, event);
    if (needsReload(event)) {
      void this.load();
    }
    this._touch();
  }

  private _onConnection(stream: IFlowStream): void {
    if (stream.connection === 'open' && this.error) {
      void this.load();
    }
  }

  private readonly _client: FlowClient;
  private readonly _stream: IFlowStream;
  private _page: RunPage | null = null;
  private _watching: IDisposable | null = null;
  /** What was heard since the page was asked for; null while it is not. */
  private _meanwhile: RunEvent[] | null = null;
  private _again = false;
}
