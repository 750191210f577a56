import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';

import { partsOf, stripped } from '../task/ansi';
import { Log } from '../task/Log';
import { emptyLog, readLog } from '../task/logLines';
import { lastBefore, topsOf } from '../task/logTops';

const REAL = readFileSync(join(import.meta.dirname, '../../../test/fixtures/train.log'), 'utf-8');

afterEach(cleanup);

it('reads the lines of a real log', () => {
  const { lines } = readLog(REAL);
  const epoch = lines.find(line => line.text.startsWith('epoch 0'));

  expect(epoch?.kind).toBe('out');
  expect(epoch?.cell).toMatch(/^\d\/\d$/);
  expect(lines.some(line => line.kind === 'tb')).toBe(true);
});

it('reads a log that grows as if it had come at once', () => {
  let read = emptyLog;
  for (let end = 0; end < REAL.length; end += 37) {
    read = readLog(REAL.slice(0, end), read);
  }

  expect(readLog(REAL, read).lines).toEqual(readLog(REAL).lines);
});

it('begins anew with the log of another attempt', () => {
  const read = readLog('2026-01-01T00:00:00Z  [1/1] out | one\n');

  expect(readLog('two\nthree\n', read).lines.map(line => line.text)).toEqual(['two', 'three']);
});

it('shows terminal colours and hides other codes', () => {
  expect(partsOf('\x1b[1;31mbad\x1b[0m fine\x1b[2K')).toEqual([
    { text: 'bad', look: 'jp-Flow-ansi-bold jp-Flow-ansi-red' }, { text: ' fine', look: '' }
  ]);
  expect(stripped('\x1b[32mdone\x1b[0m')).toBe('done');
});

it('knows where each line begins when long ones wrap', () => {
  const lines = ['a', 'x'.repeat(25), ''].map(text => ({ at: '', cell: '', kind: '', text }));
  const tops = topsOf(lines, 10);

  expect([...tops]).toEqual([0, 1, 4, 5]);
  expect(lastBefore(tops, 3.5)).toBe(1);
  expect(lastBefore(tops, 99)).toBe(2);
});

it('finds a word, and goes from one to the next', () => {
  render(<Log log={{ text: REAL, isOver: true }} />);
  const search = screen.getByRole('searchbox');
  fireEvent.change(search, { target: { value: 'epoch' } });
  expect(screen.getByRole('status').textContent).toBe('1/6');
  fireEvent.keyDown(search, { key: 'Enter' });

  expect(screen.getByRole('status').textContent).toBe('2/6');
  expect(document.querySelectorAll('mark').length).toBeGreaterThan(1);
});

it('says that nothing was written', () => {
  render(<Log log={{ text: '', isOver: true }} />);

  expect(screen.getByText('Nothing was written.')).toBeTruthy();
});

it('draws a part of a long log only', () => {
  const long = Array.from({ length: 50_000 }, (_, at) => `line ${at}`).join('\n');
  render(<Log log={{ text: long, isOver: false }} />);

  expect(document.querySelectorAll('.jp-Flow-logLine').length).toBeLessThan(200);
});
