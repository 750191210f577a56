/**
 * An attempt as it goes on: its log, in chunks as they come, and its executed notebook.
 *
 * The notebook is asked for only while somebody wants it, and never twice at the same time.
 */
import { DisposableDelegate, DisposableSet } from '@lumino/disposable';
import type { IDisposable } from '@lumino/disposable';
import type { INotebookContent } from '@jupyterlab/nbformat';

import type { FlowClient } from '../api/client';
import type { IFlowStream } from '../api/stream';
import { attemptTopic } from '../api/topics';
import type { IAttemptName } from '../api/topics';
import type { LogEvent, NotebookEvent } from '../core/wire.gen';
import { ShownModel } from './shown';

/** A log as far as it is known. */
export interface ILog {
  readonly text: string;
  readonly isOver: boolean;
}

export class AttemptModel extends ShownModel {
  constructor(readonly name: IAttemptName, client: FlowClient, stream: IFlowStream) {
    super();
    this._client = client;
    this._stream = stream;
  }

  /** Null until something was told of it. */
  get log(): ILog | null {
    return this._log;
  }

  /** There is none: the attempt is over, and never told of one. */
  get hasNoNotebook(): boolean {
    return this._tag === null && this._log?.isOver === true;
  }

  /** Null until it was loaded. */
  get notebook(): INotebookContent | null {
    return this._notebook;
  }

  /** Keep it up to date, and its notebook too. */
  holdNotebook(): IDisposable {
    this._wants += 1;
    const held = this.hold();
    this._fetch();
    const all = new DisposableSet();
    all.add(held);
    all.add(new DisposableDelegate(() => {
      this._wants -= 1;
    }));
    return all;
  }

  protected _begin(): void {
    const topic = attemptTopic(this.name, () => this._next, event => this._hear(event));
    this._watching = this._stream.watch(topic);
  }

  protected _end(): void {
    this._watching?.dispose();
    this._watching = null;
  }

  private _hear(event: LogEvent | NotebookEvent): void {
    if (event.kind === 'notebook_event') {
      this._tag = event.tag;
      this._fetch();
      return;
    }
    // After a break, and to a second watcher, parts are told again.
    if (event.start !== this._next && !(event.is_over && event.next === this._next)) {
      return;
    }
    const text = event.start === this._next ? (this._log?.text ?? '') + event.text : this._log?.text ?? '';
    this._next = event.next;
    this._log = { text, isOver: event.is_over };
    this._touch();
  }

  private _fetch(): void {
    if (this._wants === 0 || this._fetched === this._tag || this._isFetching) {
      return;
    }
    const tag = this._tag;
    this._isFetching = true;
    void this._try(() => this._client.notebook(this.name), notebook => {
      this._notebook = notebook;
    }).then(() => {
      this._isFetching = false;
      this._fetched = tag;
      this._fetch();
    });
  }

  private readonly _client: FlowClient;
  private readonly _stream: IFlowStream;
  private _watching: IDisposable | null = null;
  private _log: ILog | null = null;
  private _next = 0;
  private _notebook: INotebookContent | null = null;
  private _wants = 0;
  private _isFetching = false;
  /** The save that was told of last, and the one that was asked for. */
  private _tag: string | null = null;
  private _fetched: string | null = null;
}
