/** A stream whose events the test makes up; it knows what is watched, and from where on. */
import { DisposableDelegate } from '@lumino/disposable';
import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';

import type { Connection, IFlowStream, ITopic } from '../../api/stream';
import type { ProblemEvent, StreamEvent, StreamRequest } from '../../core/wire.gen';

export class FakeStream implements IFlowStream {
  connection: Connection = 'open';
  readonly connectionChanged = new Signal<this, Connection>(this);
  readonly refused = new Signal<this, ProblemEvent>(this);
  readonly asked: StreamRequest[] = [];

  get watched(): string[] {
    return [...this._topics].map(each => each.key);
  }

  watch(topic: ITopic): IDisposable {
    this._topics.add(topic);
    this.asked.push(topic.request());
    return new DisposableDelegate(() => this._topics.delete(topic));
  }

  tell(...events: StreamEvent[]): void {
    for (const event of events) {
      [...this._topics].filter(each => each.isAbout(event)).forEach(each => each.heard(event));
    }
  }

  private readonly _topics = new Set<ITopic>();
}

/** Let everything that was promised come true. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) {
    await Promise.resolve();
  }
  await new Promise(resolve => setTimeout(resolve));
}
