import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';

import { Graph } from '../graph/Graph';
import { FAILED, SUCCEEDED } from './pages';

const nothing = (): void => undefined;

// Nothing is laid out here, and what is out of sight is not drawn: the box is given a size.
beforeEach(() => {
  vi.spyOn(HTMLElement.prototype, 'offsetWidth', 'get').mockReturnValue(1600);
  vi.spyOn(HTMLElement.prototype, 'offsetHeight', 'get').mockReturnValue(800);
});

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

it('draws each task as a button with a whole sentence', async () => {
  const onSelect = vi.fn();
  render(<Graph page={SUCCEEDED} selected={null} onSelect={onSelect} />);
  fireEvent.click(await screen.findByRole('button', { name: /^Task clean: succeeded, .* Waits for extract\.$/, hidden: true }));

  expect(onSelect).toHaveBeenCalledWith('clean');
  expect(screen.getAllByRole('button', { name: /^Task /, hidden: true })).toHaveLength(8);
});

it('is walked with the arrow keys', async () => {
  render(<Graph page={SUCCEEDED} selected={null} onSelect={nothing} />);
  const first = await screen.findByRole('button', { name: /^Task extract:/, hidden: true });
  fireEvent.keyDown(first, { key: 'ArrowRight' });

  expect(document.activeElement?.getAttribute('aria-label')).toMatch(/^Task clean:/);
});

it('shows what is found and dims the rest', async () => {
  render(<Graph page={FAILED} selected={null} onSelect={nothing} />);
  await screen.findByRole('button', { name: /^Task extract:/, hidden: true });
  fireEvent.click(screen.getByRole('button', { name: 'upstream failed 2' }));

  expect(screen.getByRole('status').textContent).toBe('2 of 8');
  expect(screen.getByRole('button', { name: /^Task evaluate:/, hidden: true }).dataset['match']).toBe('true');
  expect(screen.getByRole('button', { name: /^Task extract:/, hidden: true }).dataset['match']).toBe('false');
});

const GROUPED = (address: string): typeof FAILED => ({
  ...FAILED, flow: { ...FAILED.flow, address, groups: [{ name: 'prepare', tasks: ['extract', 'clean'], parent: null }] }
});

it('folds a group to one box that says how its tasks stand, and opens it again', async () => {
  const onSelect = vi.fn();
  render(<Graph page={GROUPED('fold')} selected={null} onSelect={onSelect} />);
  fireEvent.click(await screen.findByRole('button', { name: 'Group prepare. Folds.', hidden: true }));
  const box = screen.getByRole('button', { name: /^Group prepare: .*, 2 of 2.* Opens\.$/, hidden: true });

  expect(document.activeElement).toBe(box);
  expect(screen.queryByRole('button', { name: /^Task extract:/, hidden: true })).toBeNull();
  fireEvent.click(box);
  expect(await screen.findByRole('button', { name: /^Task extract:/, hidden: true })).toBe(document.activeElement);
  expect(onSelect).not.toHaveBeenCalled();
});

it('folds the group around a task with the keyboard, and remembers it on this page', async () => {
  const first = render(<Graph page={GROUPED('keys')} selected={null} onSelect={nothing} />);
  fireEvent.keyDown(await screen.findByRole('button', { name: /^Task clean:/, hidden: true }), { key: '-' });
  expect(screen.getByRole('button', { name: /^Group prepare:/, hidden: true })).toBe(document.activeElement);
  first.unmount();

  render(<Graph page={GROUPED('keys')} selected={null} onSelect={nothing} />);
  fireEvent.keyDown(await screen.findByRole('button', { name: /^Group prepare:/, hidden: true }), { key: '+' });
  expect(await screen.findByRole('button', { name: /^Task clean:/, hidden: true })).toBeTruthy();
});

it('marks a folded group for what is searched and chosen in it', async () => {
  render(<Graph page={GROUPED('marks')} selected="clean" onSelect={nothing} />);
  fireEvent.click(await screen.findByRole('button', { name: 'Group prepare. Folds.', hidden: true }));
  fireEvent.change(screen.getByRole('searchbox'), { target: { value: 'extract' } });

  const box = screen.getByRole('button', { name: /^Group prepare:/, hidden: true });
  expect(box.dataset).toMatchObject({ selected: 'true', match: 'true' });
});
