import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, expect, it, vi } from 'vitest';

import type { DatasetView, LineageView } from '../../core/wire.gen';
import { DatasetList } from '../lists/DatasetList';

afterEach(cleanup);

const AT = '2026-03-01T12:00:00Z';
const SALES: DatasetView = { name: 'sales', last: { dataset: 'sales', at: AT, run: 'r1', task: 'clean', note: '' }, consumers: ['report'] };
const RAW: LineageView = { update: { dataset: 'raw', at: AT, run: null, task: null, note: 'copied' }, flow: '', made: null, sources: [], causes: [] };
const LINE: LineageView = {
  update: SALES.last!,
  flow: 'day',
  made: { task: 'clean', source: 'lib/clean.ipynb', digest: 'abcdef123456', origin: '' },
  sources: [{ task: 'load', source: 'load.ipynb', digest: '123456abcdef', origin: 'r0/load#1' }],
  causes: [RAW]
};

it('tells what a dataset was made from, and leads to the run', async () => {
  const lineage = vi.fn(() => Promise.resolve([LINE]));
  const onOpen = vi.fn();
  render(<DatasetList datasets={[SALES, { name: 'prices', last: null, consumers: [] }]} lineage={lineage} onOpen={onOpen} />);
  expect(screen.getByText('report waits for it')).toBeTruthy();
  expect(screen.getByText('never updated')).toBeTruthy();

  fireEvent.click(screen.getByRole('button', { name: /sales/ }));
  const line = await screen.findByRole('list', { name: 'what sales was made from' });

  expect(lineage).toHaveBeenCalledExactlyOnceWith('sales');
  expect(line.textContent).toContain('made by clean (clean.ipynb @ abcdef1)');
  expect(line.textContent).toContain('from load (load.ipynb @ 123456a), restored from r0/load#1');
  expect(line.textContent).toContain('by hand: copied');
  fireEvent.click(screen.getByRole('button', { name: 'r1' }));
  expect(onOpen).toHaveBeenCalledExactlyOnceWith('r1', 'clean');
});

it('says what could not be found out', async () => {
  render(<DatasetList datasets={[SALES]} lineage={() => Promise.reject(new Error('it is gone'))} onOpen={vi.fn()} />);
  fireEvent.click(screen.getByRole('button', { name: /sales/ }));

  expect(await screen.findByText('it is gone')).toBeTruthy();
});

it('says how there can be one', () => {
  render(<DatasetList datasets={[]} lineage={vi.fn()} onOpen={vi.fn()} />);

  expect(screen.getByText('There is no dataset yet.')).toBeTruthy();
});
