/**
 * What goes on, as it goes on: one WebSocket a page, however much is watched.
 *
 * Each subscription says what it asks for at the moment it is asked, so that after a break it goes
 * on after the last thing it saw. The socket is closed when nothing is watched.
 */
import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';
import { DisposableDelegate } from '@lumino/disposable';
import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';

import type { ProblemEvent, StreamEvent, StreamRequest, Unwatch } from '../core/wire.gen';

/** Something that can be watched. */
export interface ITopic {
  /** Topics of the same key are the same to the server. */
  readonly key: string;
  /** Asks for it, from where its watcher is now. */
  request(): StreamRequest;
  readonly end: Unwatch;
  isAbout(event: StreamEvent): boolean;
  heard(event: StreamEvent): void;
}

/** `off`: nothing is watched. `broken`: it will be tried again. */
export type Connection = 'off' | 'opening' | 'open' | 'broken';

export interface IFlowStream {
  readonly connection: Connection;
  readonly connectionChanged: ISignal<IFlowStream, Connection>;
  /** The server could not do what was asked. */
  readonly refused: ISignal<IFlowStream, ProblemEvent>;
  /** Watch *topic* until the answer is disposed. */
  watch(topic: ITopic): IDisposable;
}

const PATH = 'jupyter-flow/stream';
const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 30_000;
const OPEN = 1;

export class FlowStream implements IFlowStream, IDisposable {
  constructor(settings: ServerConnection.ISettings = ServerConnection.makeSettings()) {
    this._settings = settings;
  }

  get connection(): Connection {
    return this._connection;
  }

  get connectionChanged(): ISignal<this, Connection> {
    return this._connectionChanged;
  }

  get refused(): ISignal<this, ProblemEvent> {
    return this._refused;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  watch(topic: ITopic): IDisposable {
    this._topics.add(topic);
    if (this._socket) {
      this._say(topic.request());
    } else if (this._timer === undefined) {
      this._open();
    }
    return new DisposableDelegate(() => this._unwatch(topic));
  }

  dispose(): void {
    if (!this._isDisposed) {
      this._isDisposed = true;
      this._topics.clear();
      this._close();
      Signal.clearData(this);
    }
  }

  private _unwatch(topic: ITopic): void {
    if (!this._topics.delete(topic)) {
      return;
    }
    if (this._topics.size === 0) {
      this._close();
    } else if (![...this._topics].some(each => each.key === topic.key)) {
      this._say(topic.end);
    }
  }

  private _open(): void {
    const { wsUrl, token, appendToken, WebSocket } = this._settings;
    const query = appendToken && token ? `?token=${encodeURIComponent(token)}` : '';
    const socket = new WebSocket(URLExt.join(wsUrl, PATH) + query);
    this._socket = socket;
    this._move('opening');
    socket.onopen = () => {
      this._move('open');
      const asked = new Set<string>();
      for (const topic of this._topics) {
        // The furthest behind of equal topics would have to ask; whoever is ahead skips repeats.
        const text = JSON.stringify(topic.request());
        if (!asked.has(text)) {
          asked.add(text);
          socket.send(text);
        }
      }
    };
    socket.onmessage = message => {
      this._failures = 0;
      this._hear(JSON.parse(String(message.data)) as StreamEvent);
    };
    socket.onclose = () => {
      if (this._socket === socket) {
        this._socket = null;
        this._retry();
      }
    };
  }

  private _retry(): void {
    this._move('broken');
    const pause = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** this._failures);
    this._failures += 1;
    // Not all pages at once, when the server comes back.
    const chance = 0.75 + Math.random() / 2;
    this._timer = setTimeout(() => {
      this._timer = undefined;
      this._open();
    }, pause * chance);
  }

  private _close(): void {
    clearTimeout(this._timer);
    this._timer = undefined;
    this._failures = 0;
    const socket = this._socket;
    this._socket = null;
    socket?.close();
    this._move('off');
  }

  private _say(request: StreamRequest): void {
    if (this._socket?.readyState === OPEN) {
      this._socket.send(JSON.stringify(request));
    }
  }

  private _hear(event: StreamEvent): void {
    if (event.kind === 'problem_event') {
      this._refused.emit(event);
      return;
    }
    for (const topic of [...this._topics]) {
      if (topic.isAbout(event)) {
        topic.heard(event);
      }
    }
  }

  private _move(connection: Connection): void {
    if (connection !== this._connection) {
      this._connection = connection;
      this._connectionChanged.emit(connection);
    }
  }

  private readonly _settings: ServerConnection.ISettings;
  private readonly _topics = new Set<ITopic>();
  private readonly _connectionChanged = new Signal<this, Connection>(this);
  private readonly _refused = new Signal<this, ProblemEvent>(this);
  private _connection: Connection = 'off';
  private _socket: WebSocket | null = null;
  private _timer: ReturnType<typeof setTimeout> | undefined;
  private _failures = 0;
  private _isDisposed = false;
}
