/** The newest runs of the project, each as it stands. Tells also which just came to their end. */
import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';

import type { IFlowStream } from '../api/stream';
import { runsTopic } from '../api/topics';
import { reduceRuns } from '../core/runs';
import type { RunsEvent, RunView } from '../core/wire.gen';
import { runSign } from '../core/words';
import { ShownModel } from './shown';

export class RunsModel extends ShownModel {
  constructor(stream: IFlowStream, readonly limit = 100) {
    super();
    this._stream = stream;
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
    this._runs = reduceRuns(known ?? [], event, this.limit);
    this._touch();
    if (known !== null) {
      event.runs.filter(run => hasJustEnded(run, known)).forEach(run => this._ended.emit(run));
    }
  }

  private readonly _stream: IFlowStream;
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
