import { cleanup, fireEvent, render, screen, within } from '@testing-library/react';
import { afterEach, expect, it, vi } from 'vitest';

import type { RunPage } from '../../core/wire.gen';
import { Boundary } from '../Boundary';
import { CompareWith } from '../CompareWith';
import { FlowGrid } from '../grid/FlowGrid';
import type { IOtherRuns } from '../others';
import { RunView } from '../RunView';
import { columnOf, FAILED, SUCCEEDED } from './pages';

afterEach(cleanup);

const named = (page: RunPage, id: string, minutes: number): RunPage => ({
  ...page, run: { ...page.run, id, created_at: new Date(Date.parse('2026-03-01T12:00:00Z') + minutes * 60_000).toISOString() }
});
const FIRST = named(SUCCEEDED, 'first', 0);
const SECOND = named(FAILED, 'second', 1);
const THIRD = named(SUCCEEDED, 'third', 2);

function others(...pages: RunPage[]) {
  const newest = [...pages].reverse();
  return {
    runs: vi.fn(() => Promise.resolve(newest.map(page => page.run))),
    grid: vi.fn(() => Promise.resolve(newest.map(columnOf))),
    pages: vi.fn((ids: readonly string[]) => Promise.resolve(ids.map(id => pages.find(page => page.run.id === id) as RunPage))),
    past: vi.fn((_flow: string, task: string) => Promise.resolve(newest.map(page => ({ run: page.run, task_runs: page.task_runs.filter(each => each.task === task) })))),
    open: vi.fn(),
    compare: vi.fn()
  } satisfies IOtherRuns;
}

it('a run is compared with the one before it until another is chosen', async () => {
  const asked = others(FIRST, SECOND, THIRD);
  const onOther = vi.fn();
  const { rerender } = render(<CompareWith page={THIRD} other={null} onOther={onOther} others={asked} />);
  await screen.findByText('second', { selector: 'th *' });
  const heads = screen.getAllByRole('columnheader').map(each => each.textContent);
  fireEvent.change(screen.getByRole('combobox'), { target: { value: 'first' } });
  rerender(<CompareWith page={THIRD} other="first" onOther={onOther} others={asked} />);

  expect(heads[1]).toContain('second');
  expect(heads[2]).toContain('third');
  expect(onOther).toHaveBeenCalledWith('first');
  expect(await screen.findByText('first', { selector: 'th *' })).toBeTruthy();
});

it('the first run is compared with the next, and a run alone with none', async () => {
  const { unmount } = render(<CompareWith page={FIRST} other={null} onOther={vi.fn()} others={others(FIRST, SECOND)} />);
  await screen.findByText('second', { selector: 'th *' });
  unmount();
  render(<CompareWith page={FIRST} other={null} onOther={vi.fn()} others={others(FIRST)} />);

  expect(await screen.findByText('There is no other run of this flow yet.')).toBeTruthy();
});

it('a run is never compared with itself', async () => {
  render(<CompareWith page={THIRD} other="third" onOther={vi.fn()} others={others(FIRST, SECOND, THIRD)} />);

  expect(await screen.findByText('second', { selector: 'th *' })).toBeTruthy();
});

it('what could not be asked for is said, with what to do', async () => {
  const asked = { ...others(FIRST), runs: () => Promise.reject({ message: 'the store is locked', hint: 'Wait a little.' }) };
  render(<CompareWith page={FIRST} other={null} onOther={vi.fn()} others={asked} />);

  expect((await screen.findByRole('alert')).textContent).toBe('the store is locked. Wait a little.');
});

it('a number is plotted over the last runs; a mark opens its run', async () => {
  const asked = others(FIRST, SECOND, THIRD);
  render(<RunView page={THIRD} tab="values" selected={null} onSelect={vi.fn()} others={asked} />);
  fireEvent.click(screen.getAllByRole('button', { name: /^plot models\[2\]\./ })[0] as HTMLElement);
  const plot = await screen.findByRole('group', { name: /over 3 runs/ });
  const marks = within(plot).getAllByRole('button');
  fireEvent.click(marks[1] as Element);

  expect(marks.map(each => each.getAttribute('aria-label'))).toEqual([
    expect.stringMatching(/^[\d.]+, run first .*: succeeded$/),
    expect.stringMatching(/^no number, run second .*: failed$/),
    expect.stringMatching(/^[\d.]+, run third .*: succeeded$/)
  ]);
  expect(marks[2]?.getAttribute('aria-current')).toBe('true');
  expect(screen.getByText('1 run without it, at the foot')).toBeTruthy();
  expect(asked.past).toHaveBeenCalledWith('churn', 'models');
  expect(asked.open).toHaveBeenCalledWith('second', 'models[2]');
});

it('the arrow keys go from mark to mark, Enter opens', async () => {
  const asked = others(FIRST, SECOND, THIRD);
  render(<RunView page={THIRD} tab="values" selected={null} onSelect={vi.fn()} others={asked} />);
  fireEvent.click(screen.getAllByRole('button', { name: /^plot models\[2\]\./ })[0] as HTMLElement);
  const marks = within(await screen.findByRole('group', { name: /over 3 runs/ })).getAllByRole('button');
  fireEvent.keyDown(marks[2] as Element, { key: 'ArrowLeft' });
  fireEvent.keyDown(marks[1] as Element, { key: 'ArrowLeft' });
  fireEvent.keyDown(document.activeElement as Element, { key: 'Enter' });

  expect(asked.open).toHaveBeenCalledWith('first', 'models[2]');
});

it('two runs of the grid are compared, in whatever order they are chosen', async () => {
  const asked = others(FIRST, SECOND, THIRD);
  render(<FlowGrid page={THIRD} selected={null} onSelect={vi.fn()} others={asked} />);
  fireEvent.click(await screen.findByRole('button', { name: /^run first,/ }));
  fireEvent.click(screen.getByRole('button', { name: 'Compare two runs' }));
  fireEvent.click(screen.getByRole('button', { name: /^run third,/ }));
  fireEvent.click(screen.getByRole('button', { name: /^run first,/ }));

  expect(asked.open).toHaveBeenCalledExactlyOnceWith('first', undefined);
  expect(asked.compare).toHaveBeenCalledExactlyOnceWith('third', 'first');
});

it('an exception in one view is shown in its place, and the view can be reloaded', () => {
  // React tells of the exception, and so does jsdom unless it is said to be handled.
  const silent = vi.spyOn(console, 'error').mockImplementation(() => undefined);
  const handled = (event: ErrorEvent): void => event.preventDefault();
  window.addEventListener('error', handled);
  let isBroken = true;
  const Broken = (): JSX.Element => {
    if (isBroken) {
      throw new TypeError('rows is undefined');
    }
    return <p>all is well</p>;
  };
  render(<><h1>the head</h1><Boundary of="the view “Graph”"><Broken /></Boundary></>);
  const told = screen.getByRole('alert').textContent;
  isBroken = false;
  fireEvent.click(screen.getByRole('button', { name: 'Reload this view' }));
  window.removeEventListener('error', handled);
  silent.mockRestore();

  expect(told).toContain('Something is wrong with the view “Graph”: rows is undefined');
  expect(screen.getByRole('heading', { name: 'the head' })).toBeTruthy();
  expect(screen.getByText('all is well')).toBeTruthy();
});
