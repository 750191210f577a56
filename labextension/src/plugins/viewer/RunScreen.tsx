/** A run on the screen: its model, and what a person chose to look at, handed to the view. */
import { useCallback, useEffect, useState } from 'react';
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';

import type { IAttemptName } from '../../api/topics';
import { gridOf } from '../../core/grid';
import type { IGrid } from '../../core/grid';
import type { RunModel } from '../../model/run';
import type { IFlows } from '../../tokens';
import type { IRunActions } from '../../view/actions';
import { Button } from '../../view/Button';
import { RunView } from '../../view/RunView';
import type { RunTab } from '../../view/RunView';
import type { IShown } from '../../view/task/TaskPane';
import { useBroken, useLoan, useModel } from '../useModel';
import { Outputs } from './Outputs';

/** What a person looks at. */
export interface ILook {
  readonly task: string | null;
  readonly tab: RunTab;
}

export interface IRunScreenProps {
  readonly flows: IFlows;
  readonly model: RunModel;
  readonly rendermime: IRenderMimeRegistry;
  readonly actions: IRunActions;
  readonly look: ILook;
  readonly onLook: (look: ILook) => void;
  readonly onRun: (id: string, task?: string) => void;
  readonly isSeen: boolean;
}

/** So many runs are beside each other in the grid. */
const COLUMNS = 20;

export function RunScreen(props: IRunScreenProps): JSX.Element {
  const { flows, model, rendermime, actions, look, onLook, onRun, isSeen } = props;
  useModel(model);
  const isBroken = useBroken(flows.stream);
  const [watched, watch] = useState<IAttemptName | null>(null);
  const onWatch = useCallback((shown: IShown | null) => {
    watch(shown && nameOf(model.id, shown));
  }, [model]);
  const attempt = useLoan(
    watched && JSON.stringify(watched), () => flows.attempt(watched as IAttemptName), isSeen, each => each.hold()
  );
  const outputs = useCallback((shown: IShown) => {
    const name = nameOf(model.id, shown);
    return <Outputs key={JSON.stringify(name)} flows={flows} rendermime={rendermime} name={name} isSeen={isSeen} />;
  }, [flows, model, rendermime, isSeen]);
  const why = useCallback(async (task: string) => {
    return (await flows.client.why(model.id, task)).reasons.join('\n');
  }, [flows, model]);
  const runs = useGrid(flows, model, look.tab === 'grid' && isSeen);
  return (
    <RunView
      page={model.page}
      selected={look.task}
      onSelect={task => onLook({ ...look, task })}
      tab={look.tab}
      onTab={tab => onLook({ ...look, tab })}
      actions={actions}
      log={attempt?.log ?? null}
      onWatch={onWatch}
      outputs={outputs}
      why={why}
      grid={{ runs, onRun }}
      notice={noticeOf(model, isBroken)}
    />
  );
}

function nameOf(run: string, { task, index, number }: IShown): IAttemptName {
  return { run, task, index, number };
}

function noticeOf(model: RunModel, isBroken: boolean): JSX.Element | null {
  if (model.error) {
    return (
      <>
        {model.error.message}. {model.error.hint} <Button label="Try again" onClick={() => void model.load()} />
      </>
    );
  }
  return isBroken ? <>The connection to the server is gone; it is being tried again.</> : null;
}

/** The last runs of the same flow, the newest at the right; asked for when the grid is opened, and when a run begins or ends. */
function useGrid(flows: IFlows, model: RunModel, isShown: boolean): IGrid | null {
  const [grid, setGrid] = useState<IGrid | null>(null);
  const flow = model.page?.flow.name;
  const state = model.page?.run.state;
  useEffect(() => {
    let isGone = false;
    const load = async (name: string): Promise<void> => {
      const runs = await flows.client.runs({ flow: name, limit: COLUMNS });
      const pages = await flows.client.compare(runs.map(each => each.id).reverse());
      if (!isGone) {
        setGrid(gridOf(pages));
      }
    };
    if (isShown && flow) {
      load(flow).catch(console.error);
    }
    return () => {
      isGone = true;
    };
  }, [flows, flow, state, isShown]);
  return grid;
}
