/** The outputs of the attempt that is on the screen, asked for while they can be seen. */
import { useEffect, useMemo } from 'react';
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';

import type { IAttemptName } from '../../api/topics';
import type { IFlows } from '../../tokens';
import { Empty, Skeleton } from '../../view/Empty';
import { LuminoHost } from '../LuminoHost';
import { useLoan } from '../useModel';
import { NotebookOutputs } from './notebookOutputs';

export interface IOutputsProps {
  readonly flows: IFlows;
  readonly rendermime: IRenderMimeRegistry;
  readonly name: IAttemptName;
  readonly isSeen: boolean;
}

export function Outputs({ flows, rendermime, name, isSeen }: IOutputsProps): JSX.Element {
  const model = useLoan(JSON.stringify(name), () => flows.attempt(name), isSeen, each => each.holdNotebook());
  const widget = useMemo(() => new NotebookOutputs(rendermime), [rendermime]);
  useEffect(() => () => widget.dispose(), [widget]);
  const notebook = model?.notebook ?? null;
  useEffect(() => {
    if (notebook && !widget.isDisposed) {
      widget.draw(notebook);
    }
  }, [notebook, widget]);
  if (!notebook) {
    if (model?.hasNoNotebook) {
      return <Empty title="There are no outputs.">The executed notebook is not there, or not any more.</Empty>;
    }
    return model?.error
      ? <Empty title={`There are no outputs: ${model.error.message}.`}>{model.error.hint}</Empty>
      : <Skeleton rows={4} label="loading the outputs" />;
  }
  return <LuminoHost widget={widget} />;
}
