import type { INotebookContent, IOutput } from '@jupyterlab/nbformat';
import { RenderMimeRegistry, standardRendererFactories } from '@jupyterlab/rendermime';
import { Widget } from '@lumino/widgets';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { merged } from '../viewer/cells';
import { NotebookOutputs } from '../viewer/notebookOutputs';

const stream = (text: string | string[], name = 'stdout'): IOutput => ({ output_type: 'stream', name, text });
const html = (text: string): IOutput => ({ output_type: 'display_data', metadata: {}, data: { 'text/html': [text] } });

function notebook(...outputs: IOutput[]): INotebookContent {
  return {
    nbformat: 4,
    nbformat_minor: 5,
    metadata: {},
    cells: [
      { cell_type: 'markdown', id: 'm', metadata: {}, source: '# Title' },
      { cell_type: 'code', id: 'c', metadata: {}, execution_count: 1, source: ['# why\n', 'x = 1'], outputs },
      { cell_type: 'code', id: 'empty', metadata: {}, execution_count: null, source: '', outputs: [] }
    ]
  };
}

function shown(): NotebookOutputs {
  const widget = new NotebookOutputs(new RenderMimeRegistry({ initialFactories: standardRendererFactories }));
  Widget.attach(widget, document.body);
  return widget;
}

async function rendered(): Promise<void> {
  await new Promise(resolve => setTimeout(resolve));
}

describe('the outputs of a notebook', () => {
  it('are those of its code cells, with its text between, and no empty cells', () => {
    const widget = shown();

    widget.draw(notebook(stream('hello\n')));

    expect(widget.widgets).toHaveLength(2);
    expect(widget.node.querySelector('.jp-Flow-cellLine')?.textContent).toBe('x = 1');
    expect(widget.node.querySelector('.jp-Flow-cellCode')?.textContent).toBe('# why\nx = 1');
    widget.dispose();
  });

  it('have the numbers of the cells in the source, which does not have the parameters of the run', () => {
    const widget = shown();
    const given = notebook();
    const injected = { cell_type: 'code', id: 'p', metadata: { tags: ['injected-parameters'] }, execution_count: 1, source: 'x = 2', outputs: [] };

    widget.draw({ ...given, cells: [injected, ...given.cells] });

    const numbers = [...widget.node.querySelectorAll('.jp-Flow-cellCount')].map(each => each.textContent);
    expect(numbers).toEqual(['', '2']);
    widget.dispose();
  });

  it('do nothing: what they bring of programs is taken out', async () => {
    const widget = shown();

    widget.draw(notebook(html('<b>bold</b><script>window.harm = 1</script><img src="x" onerror="window.harm = 1">')));
    await rendered();

    expect(widget.node.innerHTML).toContain('<b>bold</b>');
    expect(widget.node.innerHTML).not.toMatch(/script|onerror/);
    widget.dispose();
  });

  it('stay on the screen while more of them come', async () => {
    const widget = shown();
    widget.draw(notebook(html('<i>one</i>')));
    await rendered();
    const first = widget.node.querySelector('i');

    widget.draw(notebook(html('<i>one</i>'), html('<u>two</u>')));
    await rendered();

    expect(widget.node.querySelector('i')).toBe(first);
    expect(widget.node.querySelector('u')?.textContent).toBe('two');
    widget.dispose();
  });

  it('are one for each run of texts of a stream, and whole', () => {
    expect(merged([stream(['a\n', 'b\n']), stream('c\n'), stream('!', 'stderr'), stream('d\n')])).toEqual([
      stream('a\nb\nc\n'), stream('!', 'stderr'), stream('d\n')
    ]);
  });

  it('lose no text when they are put together', () => {
    const outputs = fc.array(fc.tuple(fc.array(fc.string()), fc.constantFrom('stdout', 'stderr')));
    fc.assert(fc.property(outputs, given => {
      const text = (of: IOutput[]): string => of.map(each => [each['text']].flat().join('')).join('');
      const all = given.map(([lines, name]) => stream(lines, name));
      expect(text(merged(all))).toBe(text(all));
    }));
  });
});
