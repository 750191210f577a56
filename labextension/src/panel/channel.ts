/** Talking with the kernel side of the panel: requests with answers, and what comes by itself. */
import type { AnyModel } from '@anywidget/types';

import type { ErrorView, LogEvent } from '../core/wire.gen';

/** What `FlowPanel` says beside its traits. */
export interface IMessage {
  readonly answer?: number;
  readonly body?: unknown;
  readonly error?: ErrorView;
  readonly problem?: ErrorView;
  readonly log?: LogEvent;
}

export type Ask = 'cancel' | 'repair' | 'clear' | 'mark' | 'answer' | 'start' | 'again' | 'why' | 'outputs' | 'watch' | 'unwatch' | 'reload'
  | 'runs' | 'grid' | 'past' | 'pages';

/** A kernel that does not answer for so long (milliseconds) is busy with a cell. */
const PATIENCE = 1500;

interface IPending {
  resolve(body: unknown): void;
  reject(error: ErrorView): void;
  timer: ReturnType<typeof setTimeout>;
}

export class Channel {
  /** `onBusy` hears whether answers are being waited for. */
  constructor(
    private readonly model: AnyModel,
    private readonly onBusy: (isBusy: boolean) => void
  ) {}

  ask(name: Ask, body: unknown = {}): Promise<unknown> {
    const id = ++this.last;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.onBusy(true), PATIENCE);
      this.pending.set(id, { resolve, reject, timer });
      this.model.send({ ask: name, id, body });
    });
  }

  /** True for a message that was an answer. */
  take(message: IMessage): boolean {
    const waiting = this.pending.get(message.answer ?? -1);
    if (!waiting) {
      return message.answer !== undefined;
    }
    this.pending.delete(message.answer ?? -1);
    clearTimeout(waiting.timer);
    if (this.pending.size === 0) {
      this.onBusy(false);
    }
    if (message.error) {
      waiting.reject(message.error);
    } else {
      waiting.resolve(message.body);
    }
    return true;
  }

  private last = 0;
  private readonly pending = new Map<number, IPending>();
}
