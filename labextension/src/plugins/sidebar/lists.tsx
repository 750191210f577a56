/** The lists of the side bar. Each keeps its model up to date only while it is unfolded. */
import { useCallback } from 'react';
import type { CommandRegistry } from '@lumino/commands';
import type { IDisposable } from '@lumino/disposable';

import { CommandIDs } from '../../commands';
import type { ScheduleView } from '../../core/wire.gen';
import type { ShownModel } from '../../model/shown';
import type { IFlows } from '../../tokens';
import { Button } from '../../view/Button';
import { DatasetList } from '../../view/lists/DatasetList';
import { FlowList } from '../../view/lists/FlowList';
import { RunList } from '../../view/lists/RunList';
import { ScheduleList } from '../../view/lists/ScheduleList';
import { ShownWidget } from '../shownWidget';
import { told } from '../told';
import { useModel } from '../useModel';

abstract class ListWidget extends ShownWidget {
  constructor(
    label: string, protected readonly flows: IFlows, protected readonly commands: CommandRegistry
  ) {
    super();
    this.title.label = label;
    this.addClass('jp-Flow-section');
  }
}

/** What went wrong, instead of a list that would be empty or old. */
function Refusal({ model, again }: { model: ShownModel; again?: () => void }): JSX.Element | null {
  return model.error && (
    <div className="jp-Flow jp-Flow-notice" role="status">
      {model.error.message}. {model.error.hint} <Button label="Try again" onClick={again} />
    </div>
  );
}

export class FlowsSection extends ListWidget {
  protected override holdModels(): IDisposable {
    return this.flows.flows.hold();
  }

  protected override render(): JSX.Element {
    return <Flows flows={this.flows} commands={this.commands} />;
  }
}

interface ISectionProps {
  readonly flows: IFlows;
  readonly commands: CommandRegistry;
}

function Flows({ flows, commands }: ISectionProps): JSX.Element {
  const model = flows.flows;
  useModel(model);
  return (
    <>
      <Refusal model={model} again={() => void model.refresh()} />
      <FlowList
        flows={model.error ? (model.list ?? []) : model.list}
        onOpen={flow => void commands.execute(CommandIDs.showFlow, { flow: flow.address })}
        onRun={flow => void commands.execute(CommandIDs.runFlow, { flow: flow.address })}
        onSchedule={flow => void commands.execute(CommandIDs.scheduleFlow, { flow: flow.address })}
      />
    </>
  );
}

export class SchedulesSection extends ListWidget {
  protected override holdModels(): IDisposable {
    return this.flows.schedules.hold();
  }

  protected override render(): JSX.Element {
    return <Schedules flows={this.flows} commands={this.commands} />;
  }
}

function Schedules({ flows, commands }: ISectionProps): JSX.Element {
  const model = flows.schedules;
  useModel(model);
  return (
    <>
      <Refusal model={model} again={() => void model.refresh()} />
      <ScheduleList
        schedules={model.error ? (model.list ?? []) : model.list}
        onPause={name => told(model.pause(name))}
        onResume={name => told(model.resume(name))}
        onChange={each => void commands.execute(CommandIDs.scheduleFlow, addressed(each))}
        onBackfill={each => void commands.execute(CommandIDs.backfillFlow, addressed(each))}
        onRemove={name => void commands.execute(CommandIDs.unschedule, { name })}
      />
    </>
  );
}

/** A schedule, and the flow that it runs, as commands take them. */
function addressed({ flow, source, name }: ScheduleView): { readonly flow: string; readonly name: string } {
  return { flow: source ? `${source}::${flow}` : flow, name };
}

export class DatasetsSection extends ListWidget {
  protected override holdModels(): IDisposable {
    return this.flows.datasets.hold();
  }

  protected override render(): JSX.Element {
    return <Datasets flows={this.flows} commands={this.commands} />;
  }
}

function Datasets({ flows, commands }: ISectionProps): JSX.Element {
  const model = flows.datasets;
  useModel(model);
  const lineage = useCallback((dataset: string) => flows.client.lineage(dataset), [flows]);
  return (
    <>
      <Refusal model={model} again={() => void model.refresh()} />
      <DatasetList
        datasets={model.error ? (model.list ?? []) : model.list}
        lineage={lineage}
        onOpen={(run, task) => void commands.execute(CommandIDs.openRun, task === null ? { run } : { run, task })}
      />
    </>
  );
}

export class RunsSection extends ListWidget {
  protected override holdModels(): IDisposable {
    return this.flows.runs.hold();
  }

  protected override render(): JSX.Element {
    return <Runs flows={this.flows} commands={this.commands} />;
  }
}

function Runs({ flows, commands }: ISectionProps): JSX.Element {
  const model = flows.runs;
  useModel(model);
  return (
    <>
      <Refusal model={model} again={() => void model.showOlder()} />
      <RunList
        runs={model.runs}
        selected={null}
        onOlder={model.hasOlder ? () => void model.showOlder() : null}
        onOpen={run => void commands.execute(CommandIDs.openRun, { run })}
      />
    </>
  );
}
