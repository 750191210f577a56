/** What an attempt put out, plain: a panel has no renderers, and no sanitizer for HTML. */
import { useEffect, useState } from 'react';

import { Empty, Skeleton } from '../view/Empty';
import { partsOf } from '../view/task/ansi';
import type { IShown } from '../view/task/TaskPane';
import type { PanelStore } from './store';

/** As `jupyter_flow/panel/outputs.py` makes them. */
interface IPlainCell {
  /** Among all cells of the source; none has the cell that was added with the parameters. */
  readonly number: number | null;
  readonly source: string;
  readonly outputs: readonly { readonly kind: 'text' | 'error' | 'image'; readonly text: string }[];
}

export interface IPlainOutputsProps {
  readonly store: PanelStore;
  readonly run: string;
  readonly shown: IShown;
}

export function PlainOutputs({ store, run, shown }: IPlainOutputsProps): JSX.Element {
  const [cells, setCells] = useState<readonly IPlainCell[] | null>(null);
  const { task, index, number, attempt } = shown;
  useEffect(() => {
    let isCurrent = true;
    void store.act('outputs', { kind: 'watch_attempt', run, task, index, number }).then(answer => {
      if (isCurrent) {
        setCells((answer ?? []) as readonly IPlainCell[]);
      }
    });
    return () => {
      isCurrent = false;
    };
    // Asked for again with each cell that ends.
  }, [store, run, task, index, number, attempt.cell, attempt.outcome]);
  if (!cells) {
    return <Skeleton rows={6} label="loading the outputs" />;
  }
  if (cells.length === 0) {
    return <Empty title="Nothing is written yet.">The executed notebook appears when its first cell has ended.</Empty>;
  }
  return (
    <div className="jp-Flow-plain">
      {cells.map((cell, place) => (
        <section key={place} aria-label={nameOf(cell)}>
          <pre className="jp-Flow-plainSource"><span aria-hidden="true">{cell.number ?? nameOf(cell)}</span>{cell.source}</pre>
          {cell.outputs.map((output, at) => output.kind === 'image'
            ? <img key={at} src={`data:image/png;base64,${output.text}`} alt={`picture ${at + 1} of ${nameOf(cell)}`} />
            : <pre key={at} data-kind={output.kind}>{partsOf(output.text).map((part, from) => <span key={from} className={part.look || undefined}>{part.text}</span>)}</pre>)}
        </section>
      ))}
    </div>
  );
}

function nameOf(cell: IPlainCell): string {
  return cell.number === null ? 'parameters of this run' : `cell ${cell.number}`;
}
