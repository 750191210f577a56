/** The notebook that a new flow begins as. Pure. */
import type { INotebookContent } from '@jupyterlab/nbformat';

const TEXT = `# A flow

A bare name is a notebook that is tagged as a task (by the button with the sign of a flow in its tool bar), and
\`>>\` says what comes first: \`load >> clean(table=load.table)\`. The cell is read, never executed.`;

const FLOW = `%%flow my_flow
`;

/** A text, the magics, and a flow to be written. */
export function newFlowNotebook(): INotebookContent {
  return {
    cells: [
      { cell_type: 'markdown', id: 'about', metadata: {}, source: TEXT },
      code('magics', '%load_ext jupyter_flow'),
      code('flow', FLOW)
    ],
    metadata: { kernelspec: { display_name: 'Python 3 (ipykernel)', language: 'python', name: 'python3' } },
    nbformat: 4,
    nbformat_minor: 5
  };
}

function code(id: string, source: string): INotebookContent['cells'][number] {
  return { cell_type: 'code', id, metadata: {}, source, execution_count: null, outputs: [] };
}
