import type { AnyModel } from '@anywidget/types';
import { act, cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, expect, it, vi } from 'vitest';

import type { RunEvent } from '../../core/wire.gen';
import { FLOW, RUNNING, SUCCEEDED } from '../../view/__tests__/pages';
import { Panel } from '../Panel';
import { PanelStore } from '../store';

/** A widget's model as the front end has it, and what its kernel would do. */
class Model {
  readonly sent: unknown[] = [];
  constructor(private readonly traits: Record<string, unknown>) {}
  get(name: string): unknown {
    return this.traits[name];
  }
  set(name: string, value: unknown): void {
    this.traits[name] = value;
  }
  save_changes(): void {}
  send(content: unknown): void {
    this.sent.push(content);
  }
  on(name: string, heard: (...given: unknown[]) => void): void {
    this.heard.set(name, [...(this.heard.get(name) ?? []), heard]);
  }
  off(name: string, heard: (...given: unknown[]) => void): void {
    this.heard.set(name, (this.heard.get(name) ?? []).filter(each => each !== heard));
  }
  /** The kernel sets a trait. */
  tell(name: string, value: unknown): void {
    this.traits[name] = value;
    this.heard.get(`change:${name}`)?.forEach(each => each());
  }
  /** The kernel says something. */
  say(content: unknown): void {
    this.heard.get('msg:custom')?.forEach(each => each(content, []));
  }
  private readonly heard = new Map<string, ((...given: unknown[]) => void)[]>();
}

function made(traits: Record<string, unknown> = {}): { model: Model; store: PanelStore } {
  const model = new Model({ page: RUNNING, events: [], flow: {}, selected_task: '', tab: 'graph', height: '400px', lab_url: '', ...traits });
  return { model, store: new PanelStore(model as unknown as AnyModel) };
}

function ended(seq: number, task: string): RunEvent {
  return {
    kind: 'run_event', run: RUNNING.run.id, seq, at: '2026-03-01T00:00:00+00:00', what: 'attempt_ended', attempt: null, values: null, restored: null, reload: false,
    moves: [{ task, index: null, state: 'succeeded', attempt: 1, reason: '', due_at: null }]
  };
}

afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

it('folds events into the page, each once', () => {
  const { model, store } = made();
  const state = (task: string): string | undefined => store.read().page?.task_runs.find(each => each.task === task)?.state;
  model.tell('events', [ended(RUNNING.seq + 1, 'evaluate')]);
  model.tell('events', [ended(RUNNING.seq + 1, 'evaluate'), ended(RUNNING.seq + 2, 'report')]);

  expect([state('evaluate'), state('report'), state('deploy')]).toEqual(['succeeded', 'succeeded', 'pending']);
  expect(store.read().page?.seq).toBe(RUNNING.seq + 2);
});

it('catches up with events that came before it was looked at', () => {
  const { store } = made({ events: [ended(RUNNING.seq + 1, 'evaluate')] });

  expect(store.read().page?.seq).toBe(RUNNING.seq + 1);
});

it('asks the kernel, and shows what it refuses', () => {
  const { model, store } = made();
  render(<Panel store={store} />);
  fireEvent.click(screen.getByRole('button', { name: 'Cancel' }));
  fireEvent.click(screen.getByRole('button', { name: 'Stop the run' }));
  expect(model.sent).toEqual([{ ask: 'cancel', id: 1, body: { tasks: [] } }]);

  act(() => model.say({ answer: 1, error: { code: 'JF3', message: 'it is over', hint: 'Look again.', problems: [] } }));
  return vi.waitFor(() => expect(screen.getByText('Look again.')).toBeTruthy());
});

it('says that the kernel is busy until it answers', async () => {
  vi.useFakeTimers();
  const { model, store } = made();
  const answer = store.act('repair');
  await vi.advanceTimersByTimeAsync(2000);
  expect(store.read().isBusy).toBe(true);
  model.say({ answer: 1, body: null });
  await answer;

  expect(store.read().isBusy).toBe(false);
});

it('puts the parts of a log together', () => {
  const { model, store } = made();
  const attempt = RUNNING.task_runs[0]?.attempts[0];
  if (!attempt) {
    throw new Error('the fixture has no attempt');
  }
  store.watch({ task: 'extract', index: null, number: 1, attempt });
  const part = { kind: 'log_event', run: RUNNING.run.id, task: 'extract', index: null, number: 1 };
  model.say({ log: { ...part, start: 0, next: 4, text: 'one\n', is_over: false } });
  model.say({ log: { ...part, start: 4, next: 8, text: 'two\n', is_over: true } });
  model.say({ log: { ...part, task: 'clean', start: 0, next: 2, text: 'no', is_over: true } });

  expect(store.read().log).toEqual({ text: 'one\ntwo\n', isOver: true });
});

it('offers to start a flow that has no run', () => {
  const { model, store } = made({ page: {}, flow: FLOW });
  render(<Panel store={store} />);
  fireEvent.click(screen.getByRole('button', { name: 'Run' }));

  expect(model.sent).toMatchObject([{ ask: 'start', body: { flow: FLOW.address } }]);
});

it('compares with another run that the kernel tells of, and takes its place', async () => {
  const { model, store } = made({ tab: 'compare' });
  const before = { ...SUCCEEDED, run: { ...SUCCEEDED.run, created_at: '2020-01-01T00:00:00Z' } };
  render(<Panel store={store} />);
  await vi.waitFor(() => expect(model.sent).toHaveLength(1));
  act(() => model.say({ answer: 1, body: [RUNNING.run, before.run] }));
  await vi.waitFor(() => expect(model.sent).toHaveLength(2));
  act(() => model.say({ answer: 2, body: [before] }));
  fireEvent.click((await screen.findAllByTitle('open this run'))[0] as HTMLElement);

  expect(model.sent).toEqual([
    { ask: 'runs', id: 1, body: { flow: 'churn', limit: 50 } },
    { ask: 'pages', id: 2, body: { runs: [before.run.id] } }
  ]);
  expect(model.get('selected_run')).toBe(before.run.id);
});

it('hears nothing any more when it is disposed of', () => {
  const { model, store } = made();
  store.dispose();
  model.tell('tab', 'values');

  expect(store.read().tab).toBe('graph');
});
