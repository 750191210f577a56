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
