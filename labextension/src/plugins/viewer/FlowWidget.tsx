/** A flow as it is written, drawn, with what is wrong with it and a button that runs it. */
import type { CommandRegistry } from '@lumino/commands';
import type { IDisposable } from '@lumino/disposable';
import { useMemo, useState } from 'react';

import { CommandIDs } from '../../commands';
import type { FlowView, RunPage } from '../../core/wire.gen';
import { count } from '../../core/words';
import type { IFlows } from '../../tokens';
import { Boundary } from '../../view/Boundary';
import { Button } from '../../view/Button';
import { Empty, Skeleton } from '../../view/Empty';
import { Graph } from '../../view/graph/Graph';
import { flowIcon } from '../icons';
import { Problems } from '../Problems';
import { ShownWidget } from '../shownWidget';
import { useModel } from '../useModel';

export class FlowWidget extends ShownWidget {
  constructor(
    readonly address: string, private readonly _flows: IFlows, private readonly _commands: CommandRegistry
  ) {
    super();
    this.id = `jupyter-flow-flow-${address}`;
    this.addClass('jp-Flow-flowTab');
    this.title.closable = true;
    this.title.icon = flowIcon;
    this.title.label = address.split('::').at(-1) ?? address;
    this.title.caption = `The flow ${address}`;
  }

  protected override holdModels(): IDisposable {
    return this._flows.flows.hold();
  }

  protected override render(): JSX.Element {
    return <Boundary of="this tab"><FlowScreen address={this.address} flows={this._flows} commands={this._commands} /></Boundary>;
  }
}

interface IFlowScreenProps {
  readonly address: string;
  readonly flows: IFlows;
  readonly commands: CommandRegistry;
}

function FlowScreen({ address, flows, commands }: IFlowScreenProps): JSX.Element {
  const model = flows.flows;
  useModel(model);
  const flow = model.find(address);
  if (!flow) {
    const isGone = model.list !== null || model.error !== null;
    return (
      <div className="jp-Flow jp-Flow-flow">
        {isGone
          ? <Empty title={model.error?.message ?? `There is no flow ${address} any more.`}>{model.error?.hint}</Empty>
          : <Skeleton rows={8} label="loading the flow" />}
      </div>
    );
  }
  return (
    <div className="jp-Flow jp-Flow-flow">
      <header className="jp-Flow-flowHead">
        <div>
          <h2>{flow.name}</h2>
          <p>{[flow.source, count(flow.tasks.length, 'task'), flow.schedule ?? ''].filter(Boolean).join(' · ')}</p>
          {flow.description ? <p>{flow.description}</p> : null}
        </div>
        <div className="jp-Flow-tools" role="toolbar" aria-label={`what to do with ${flow.name}`}>
          <Button label="Run" icon="play" tone="main" onClick={() => void commands.execute(CommandIDs.runFlow, { flow: address })} />
          <Button label="Source" icon="source" title={`open ${flow.source}`} onClick={() => void commands.execute(CommandIDs.openSource, { path: flow.source })} />
        </div>
      </header>
      <Problems problems={flow.problems} />
      <Drawing flow={flow} onOpen={path => void commands.execute(CommandIDs.openSource, { path })} />
    </div>
  );
}

function Drawing({ flow, onOpen }: { flow: FlowView; onOpen: (path: string) => void }): JSX.Element {
  const page = useMemo(() => pageOf(flow), [flow]);
  const [selected, select] = useState<string | null>(null);
  if (flow.tasks.length === 0) {
    return <Empty title="There is no task in it yet." />;
  }
  const task = flow.tasks.find(each => each.name === selected);
  return (
    <>
      <div className="jp-Flow-view"><Graph page={page} selected={selected} onSelect={select} /></div>
      {task ? (
        <footer className="jp-Flow-flowTask">
          <strong>{task.name}</strong> <span>{[task.what, ...task.rules].join(' · ')}</span>
          <Button label="Source" icon="source" onClick={task.source ? () => onOpen(task.source) : undefined} />
        </footer>
      ) : null}
    </>
  );
}

/** The flow as if it had been run, with nothing done yet: what a drawing of a run takes. */
export function pageOf(flow: FlowView): RunPage {
  return {
    run: {
      id: '', flow: flow.name, source: flow.source, state: 'queued', reason: '', logical_date: '', created_at: '',
      started_at: null, ended_at: null, tasks: {}, schedule: null, backfill: null, parent: null, is_left: false
    },
    seq: 0,
    params: {},
    flow,
    task_runs: []
  };
}
