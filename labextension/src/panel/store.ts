/**
 * What a panel knows: the page of the run, kept up to date by the events that come; the log that is
 * looked at; what went wrong. One for a widget, however many views it has.
 */
import type { AnyModel } from '@anywidget/types';

import { needsReload, reduce } from '../core/run';
import type { ErrorView, FlowView, RunEvent, RunPage } from '../core/wire.gen';
import type { ILogText } from '../view/task/Log';
import type { IShown } from '../view/task/TaskPane';
import { Channel } from './channel';
import type { Ask, IMessage } from './channel';

export interface IPanelState {
  readonly page: RunPage | null;
  readonly flow: FlowView | null;
  readonly selected: string | null;
  readonly tab: string;
  /** The run that this one is compared with; null: the one before. */
  readonly other: string | null;
  readonly height: string;
  readonly labUrl: string;
  readonly log: ILogText | null;
  readonly isBusy: boolean;
  readonly error: ErrorView | null;
}

const TRAITS = ['page', 'events', 'flow', 'selected_task', 'selected_run', 'tab', 'height'] as const;

export class PanelStore {
  constructor(private readonly model: AnyModel) {
    this.channel = new Channel(model, isBusy => this.set({ isBusy }));
    const page = pageOf(model);
    this.state = {
      page,
      flow: flowOf(model),
      selected: textOf(model, 'selected_task') || null,
      tab: textOf(model, 'tab') || 'graph',
      other: null,
      height: textOf(model, 'height') || '480px',
      labUrl: textOf(model, 'lab_url'),
      log: null, isBusy: false, error: null
    };
    this.fold();
    TRAITS.forEach(name => model.on(`change:${name}`, this.listeners[name]));
    model.on('msg:custom', this.heard);
  }

  dispose(): void {
    TRAITS.forEach(name => this.model.off(`change:${name}`, this.listeners[name]));
    this.model.off('msg:custom', this.heard);
    this.subscribers.clear();
  }

  readonly subscribe = (changed: () => void): (() => void) => {
    this.subscribers.add(changed);
    return () => this.subscribers.delete(changed);
  };

  readonly read = (): IPanelState => this.state;

  select(selected: string | null): void {
    this.model.set('selected_task', selected ?? '');
    this.model.save_changes();
    this.set({ selected });
  }

  show(tab: string): void {
    this.model.set('tab', tab);
    this.model.save_changes();
    this.set({ tab });
  }

  /** Show another run: a task of it, or (with `other`) the two beside each other. */
  open(run: string, { task, other }: { task?: string | undefined; other?: string } = {}): void {
    if (task) {
      this.select(task);
    }
    this.set({ other: other ?? null });
    if (other) {
      this.show('compare');
    }
    this.model.set('selected_run', run);
    this.model.save_changes();
  }

  compareWith(other: string): void {
    this.set({ other });
  }

  /** Ask the kernel for something that only its view needs; it tells what goes wrong. */
  ask(name: Ask, body: unknown): Promise<unknown> {
    return this.channel.ask(name, body);
  }

  /** Ask the kernel; what goes wrong is shown. */
  async act(name: Ask, body: unknown = {}): Promise<unknown> {
    try {
      const answer = await this.channel.ask(name, body);
      this.set({ error: null });
      return answer;
    } catch (error) {
      this.set({ error: error as ErrorView });
      return null;
    }
  }

  /** Begin to receive the log of an attempt; null: no more. */
  watch(shown: IShown | null): void {
    this.watched = shown;
    this.set({ log: null });
    if (shown && this.state.page) {
      void this.act('watch', { kind: 'watch_attempt', run: this.state.page.run.id, task: shown.task, index: shown.index, number: shown.number });
    } else if (!shown) {
      void this.act('unwatch');
    }
  }

  forget(): void {
    this.set({ error: null });
  }

  private readonly heard = (message: IMessage): void => {
    if (this.channel.take(message)) {
      return;
    }
    if (message.problem) {
      this.set({ error: message.problem });
    }
    const { log } = message;
    const shown = this.watched;
    if (log && shown && log.task === shown.task && log.index === shown.index && log.number === shown.number) {
      const before = log.start === 0 ? '' : (this.state.log?.text ?? '');
      this.set({ log: { text: before + log.text, isOver: log.is_over } });
    }
  };

  /** The events that are new, folded into the page. */
  private fold(): void {
    const events = (this.model.get('events') ?? []) as readonly RunEvent[];
    let page = this.state.page;
    for (const event of events) {
      if (page && event.run === page.run.id && event.seq > page.seq && !needsReload(event)) {
        page = reduce(page, event);
      }
    }
    this.set({ page });
  }

  private set(change: Partial<IPanelState>): void {
    this.state = { ...this.state, ...change };
    this.subscribers.forEach(each => each());
  }

  private state: IPanelState;
  private watched: IShown | null = null;
  private readonly channel: Channel;
  private readonly subscribers = new Set<() => void>();
  private readonly listeners: Readonly<Record<(typeof TRAITS)[number], () => void>> = {
    page: () => {
      this.set({ page: pageOf(this.model) });
      this.fold();
    },
    events: () => this.fold(),
    flow: () => this.set({ flow: flowOf(this.model) }),
    selected_task: () => this.set({ selected: textOf(this.model, 'selected_task') || null }),
    selected_run: () => this.set({ log: null, error: null }),
    tab: () => this.set({ tab: textOf(this.model, 'tab') }),
    height: () => this.set({ height: textOf(this.model, 'height') })
  };
}

function textOf(model: AnyModel, name: string): string {
  return String(model.get(name) ?? '');
}

function pageOf(model: AnyModel): RunPage | null {
  const page = model.get('page') as Partial<RunPage> | undefined;
  return page?.run ? (page as RunPage) : null;
}

function flowOf(model: AnyModel): FlowView | null {
  const flow = model.get('flow') as Partial<FlowView> | undefined;
  return flow?.name ? (flow as FlowView) : null;
}
