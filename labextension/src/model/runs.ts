/**
 * The newest runs of the project, each as it stands. Tells also which just came to their end.
 * Older ones are added when somebody wants to see them.
 */
import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';

import type { IFlowStream } from '../api/stream';
import { runsTopic } from '../api/topics';
import { reduceRuns } from '../core/runs';
import type { RunsEvent, RunView } from '../core/wire.gen';
import { runSign } from '../core/words';
import { ShownModel } from './shown';

/** The `limit` runs after the place that a moment and an id, with a comma between, tell. */
export type IOlder = (than: string, limit: number) => Promise<RunView[]>;

export class RunsModel extends ShownModel {
  /** `older` asks for the runs after a place in the list; without it there are the newest only. */
  constructor(stream: IFlowStream, readonly limit = 100, older: IOlder | null = null) {
    super();
    this._stream = stream;
    this._older = older;
    this._most = limit;
  }

  /** Newest first; null until they were told once. */
  get runs(): readonly RunView[] | null {
    return this._runs;
  }

  /** A run came to its end while we looked. */
  get ended(): ISignal<this, RunView> {
    return this._ended;
  }

  /** Those that have not come to their end. */
  get live(): readonly RunView[] {
    return (this._runs ?? []).filter(each => !isOver(each));
  }

  /** There may be more than those that are shown. */
  get hasOlder(): boolean {
    return this._older !== null && this._runs !== null && this._runs.length >= this._most;
  }

  /** Show as many again, those that were made before. */
  async showOlder(): Promise<void> {
    const older = this._older;
    const last = this._runs?.at(-1);
    if (!older || !last || this._asks) {
      return;
    }
    this._asks = true;
    await this._try(() => older(`${last.created_at},${last.id}`, this.limit), found => {
      // Once all are there, none is left out again.
      this._most = found.length < this.limit ? Infinity : this._most + this.limit;
      this._runs = reduceRuns(this._runs ?? [], { kind: 'runs_event', runs: found }, this._most);
    });
    this._asks = false;
  }

  find(id: string): RunView | undefined {
    return this._runs?.find(each => each.id === id);
  }

  protected _begin(): void {
    this._watching = this._stream.watch(runsTopic(this.limit, event => this._hear(event)));
  }

  protected _end(): void {
    this._watching?.dispose();
    this._watching = null;
  }

  private _hear(event: RunsEvent): void {
    const known = this._runs;
    this._runs = reduceRuns(known ?? [], event, this._most);
    this._touch();
    if (known !== null) {
      event.runs.filter(run => hasJustEnded(run, known)).forEach(run => this._ended.emit(run));
    }
  }

  private readonly _stream: IFlowStream;
  private readonly _older: IOlder | null;
  private _most: number;
  private _asks = false;
  private readonly _ended = new Signal<this, RunView>(this);
  private _runs: readonly RunView[] | null = null;
  private _watching: IDisposable | null = null;
}

function isOver(run: RunView): boolean {
  return runSign(run.state).is_final;
}

/** Whether it is over now and was not among `known`; a short run may never have been seen alive. */
function hasJustEnded(run: RunView, known: readonly RunView[]): boolean {
  const old = known.find(each => each.id === run.id);
  return isOver(run) && (old ? !isOver(old) : run.created_at > (known[0]?.created_at ?? ''));
}
