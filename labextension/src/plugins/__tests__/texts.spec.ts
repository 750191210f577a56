/** The pure parts of the plugins: paths of the drive, tags, flow cells, places of problems, new flows. */
import { nullTranslator } from '@jupyterlab/translation';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { CommandIDs, describedBy } from '../../commands';
import { said } from '../CountsWidget';
import { flowCell, rangeOf } from '../diagnostics/cell';
import { attemptOf, isOnDrive, pathOf } from '../drive/paths';
import { newFlowNotebook } from '../newFlow';
import { placeOf } from '../Problems';
import { findCell } from '../reveal';
import { readEntry, writeEntry, wrongWith } from '../task/entry';
import type { ITaskEntry } from '../task/entry';

const problem = { code: 'JF1', severity: 'error' as const, what: '', hint: '', path: null, cell: null, line: null, column: null, end_column: null };

describe('a path on the drive', () => {
  it('names its attempt, and an attempt has its path', () => {
    const names = fc.record({
      run: fc.stringMatching(/^[a-z0-9-]{1,12}$/),
      task: fc.stringMatching(/^[a-z_][a-z0-9_]{0,8}$/),
      index: fc.option(fc.nat(50), { nil: null }),
      number: fc.integer({ min: 1, max: 9 })
    });
    fc.assert(fc.property(names, name => {
      const path = pathOf(name);
      expect(isOnDrive(path)).toBe(true);
      expect(attemptOf(path.slice('flow:'.length))).toEqual(name);
    }));
  });

  it.each([
    ['r1/train/2.ipynb', { run: 'r1', task: 'train', index: null, number: 2 }],
    ['/r1/train/7/2.ipynb', { run: 'r1', task: 'train', index: 7, number: 2 }],
    ['r1/train', null],
    ['r1/train/x.ipynb', null]
  ])('%s is read', (path, name) => {
    expect(attemptOf(path)).toEqual(name);
  });
});

describe('a tag', () => {
  const entry: ITaskEntry = { task: 'train', description: '', retries: '2', timeout: '20m', trigger: 'all_done' };

  it('is written in the shape of "jupyter flow tag"', () => {
    expect(writeEntry(undefined, entry)).toEqual({ task: 'train', retries: 2, timeout: '20m', trigger: 'all_done' });
  });

  it('is read as it was written', () => {
    expect(readEntry({ jupyter_flow: writeEntry(undefined, entry) })).toEqual(entry);
  });

  it('keeps options that the form does not show, and loses those that were emptied', () => {
    const before = { task: 'old', pool: 'gpu', retries: 5, description: 'x' };

    expect(writeEntry(before, { ...entry, retries: '', timeout: '', trigger: '' })).toEqual({ task: 'train', pool: 'gpu' });
  });

  it.each([
    ['no object', { jupyter_flow: 'train' }],
    ['no task', { jupyter_flow: { retries: 1 } }],
    ['nothing', {}]
  ])('that is %s is none', (_, metadata) => {
    expect(readEntry(metadata)).toBeNull();
  });

  it.each([
    ['task', '3bad'],
    ['task', 'params'],
    ['task', ''],
    ['task', '__x'],
    ['retries', '-1'],
    ['retries', 'two'],
    ['timeout', 'soon']
  ])('cannot have the %s %j', (field, value) => {
    expect(Object.keys(wrongWith({ ...entry, [field]: value }))).toEqual([field]);
  });

  it.each([['timeout', '1h30m'], ['timeout', '90s'], ['task', 'größe'], ['retries', '']])('can have the %s %j', (field, value) => {
    expect(wrongWith({ ...entry, [field]: value })).toEqual({});
  });
});

describe('a %%flow cell', () => {
  it.each([
    ['%%flow shop --retries 2\na >> b', { line: 'shop --retries 2', body: 'a >> b' }],
    ['%%flow', { line: '', body: '' }],
    ['%%flowers\na', null],
    ['\n%%flow\na', null],
    ['a >> b', null]
  ])('%j is read', (source, cell) => {
    expect(flowCell(source)).toEqual(cell);
  });

  it('has its problems where they are', () => {
    const source = '%%flow x\n  a >> bb\n';
    const at = (line: number | null, column: number | null, end: number | null) => {
      const range = rangeOf(source, { ...problem, line, column, end_column: end });
      return range && source.slice(range.from, range.to);
    };

    expect(at(2, 7, 9)).toBe('bb');
    expect(at(2, null, null)).toBe('a >> bb');
    expect(at(1, 0, 99)).toBe('%%flow x');
    expect(at(9, 0, 1)).toBeNull();
    expect(at(null, null, null)).toBeNull();
  });

  it('never has a problem outside of its text', () => {
    const numbers = fc.option(fc.nat(40), { nil: null });
    fc.assert(fc.property(fc.string(), fc.option(fc.integer({ min: 1, max: 5 }), { nil: null }), numbers, numbers, (body, line, column, end) => {
      const source = `%%flow x\n${body}`;
      const range = rangeOf(source, { ...problem, line, column, end_column: end });
      expect(range === null || (0 <= range.from && range.from <= range.to && range.to <= source.length)).toBe(true);
    }));
  });

  it('tells the place of a problem in words', () => {
    expect(placeOf({ ...problem, cell: 2, line: 3 })).toBe('cell 2, line 3 (JF1)');
    expect(placeOf(problem)).toBe('(JF1)');
  });
});

describe('the cell that failed', () => {
  const cell = (id: string, ...tags: string[]) => ({ id, getMetadata: (key: string) => (key === 'tags' ? tags : undefined) });
  const executed = [cell('p', 'parameters'), cell('new', 'injected-parameters'), cell('x'), cell('y')];

  it.each([
    [{ cell: 3, cellId: 'y' }, 3],
    [{ cell: 3, cellId: null }, 3],
    [{ cell: 2, cellId: 'gone' }, 2],
    [{ cell: 9, cellId: null }, -1],
    [{ cell: null, cellId: null }, -1]
  ])('%j is found: by its id, else as its source counts', (place, at) => {
    expect(findCell(executed, place)).toBe(at);
  });
});

describe('the rest', () => {
  it('counts what is under way', () => {
    const trans = nullTranslator.load('jupyter_flow');

    expect(said(['running', 'queued', 'cancelling', 'queued'], trans)).toBe('2 running, 2 queued');
    expect(said(['queued'], trans)).toBe('1 queued');
    expect(said([], trans)).toBe('');
  });

  it('describes what every command takes', () => {
    for (const name of Object.keys(CommandIDs) as (keyof typeof CommandIDs)[]) {
      expect(describedBy[name]).toMatchObject({ args: { type: 'object' } });
    }
  });

  it('begins a flow with a cell that is one', () => {
    const sources = newFlowNotebook().cells.map(each => String(each.source));

    expect(sources.filter(each => flowCell(each))).toHaveLength(1);
  });
});
