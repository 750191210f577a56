/** A run on the screen: its model, and what a person chose to look at, handed to the view. */
import { useCallback, useState } from 'react';
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';

import type { IAttemptName } from '../../api/topics';
import type { RunModel } from '../../model/run';
import type { IFlows } from '../../tokens';
import type { IRunActions } from '../../view/actions';
import { Boundary } from '../../view/Boundary';
import { Button } from '../../view/Button';
import { Downloads } from '../../view/downloads';
import type { IOtherRuns } from '../../view/others';
import { RunView } from '../../view/RunView';
import type { RunTab } from '../../view/RunView';
import type { IShown } from '../../view/task/TaskPane';
import { useBroken, useLoan, useModel } from '../useModel';
import { Outputs } from './Outputs';

/** What a person looks at. */
export interface ILook {
  readonly task: string | null;
  readonly tab: RunTab;
  /** The run that this one is compared with; null: the one before. */
  readonly other: string | null;
}

export interface IRunScreenProps {
  readonly flows: IFlows;
  readonly model: RunModel;
  readonly rendermime: IRenderMimeRegistry;
  readonly actions: IRunActions;
  readonly look: ILook;
  readonly onLook: (look: ILook) => void;
  readonly others: IOtherRuns;
  readonly isSeen: boolean;
}

/** An exception in it is shown in its place: the tab, and the others, stay. */
export function RunScreen(props: IRunScreenProps): JSX.Element {
  return <Boundary of="this tab"><Screen {...props} /></Boundary>;
}

function Screen({ flows, model, rendermime, actions, look, onLook, others, isSeen }: IRunScreenProps): JSX.Element {
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
  const toDownload = useCallback((file: string, name: string) => flows.client.artifactUrl(file, name), [flows]);
  return (
    <Downloads.Provider value={toDownload}><RunView
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
      others={others}
      other={look.other}
      onOther={other => onLook({ ...look, other })}
      notice={noticeOf(model, isBroken)}
    /></Downloads.Provider>
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
