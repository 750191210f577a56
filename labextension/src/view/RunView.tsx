/** A run's page: its head, its views (graph, time line, grid, values), and the chosen task beside. */
import { useState } from 'react';
import type { ReactNode } from 'react';

import type { IGrid } from '../core/grid';
import type { RunPage } from '../core/wire.gen';
import type { IRunActions } from './actions';
import { Empty, Skeleton } from './Empty';
import { Graph } from './graph/Graph';
import { Grid } from './grid/Grid';
import { RunHeader } from './RunHeader';
import { Split } from './Split';
import { Tabs } from './Tabs';
import type { ITab } from './Tabs';
import { TaskPane } from './task/TaskPane';
import type { ITaskPaneProps } from './task/TaskPane';
import { Timeline } from './timeline/Timeline';
import { Values } from './Values';

export type RunTab = 'graph' | 'timeline' | 'grid' | 'values';

export interface IRunViewProps extends Pick<ITaskPaneProps, 'log' | 'onWatch' | 'outputs' | 'why'> {
  /** Null while it is being asked for. */
  readonly page: RunPage | null;
  readonly selected: string | null;
  readonly onSelect: (key: string | null) => void;
  readonly tab?: RunTab | undefined;
  readonly onTab?: ((tab: RunTab) => void) | undefined;
  readonly actions?: IRunActions | undefined;
  /** The runs of the flow for the grid, and what is to happen when one is chosen. */
  readonly grid?: { readonly runs: IGrid | null; readonly onRun: (id: string, task?: string) => void } | undefined;
  /** Said above all else: that the connection is gone, what could not be done. */
  readonly notice?: ReactNode;
}

const TABS: readonly ITab<RunTab>[] = [
  { id: 'graph', label: 'Graph' },
  { id: 'timeline', label: 'Time line' },
  { id: 'grid', label: 'Grid' },
  { id: 'values', label: 'Values' }
];

export function RunView(props: IRunViewProps): JSX.Element {
  const { page, selected, onSelect, onTab, actions, grid, notice } = props;
  const [own, setOwn] = useState<RunTab>('graph');
  const tab = props.tab ?? own;
  const change = onTab ?? setOwn;
  if (!page) {
    return <div className="jp-Flow jp-Flow-run">{notice}<Skeleton rows={10} label="loading the run" /></div>;
  }
  const tabs = grid ? TABS : TABS.filter(each => each.id !== 'grid');
  const pane = selected === null ? null : (
    <TaskPane page={page} selected={selected} onSelect={onSelect} actions={actions} log={props.log} onWatch={props.onWatch} outputs={props.outputs} why={props.why} />
  );
  return (
    <div className="jp-Flow jp-Flow-run">
      {notice ? <div className="jp-Flow-notice" role="status">{notice}</div> : null}
      <RunHeader page={page} actions={actions} />
      <Tabs label="views of the run" tabs={tabs} current={tab} onChange={change} />
      <Split side={pane} sideLabel={`task ${selected ?? ''}`}>
        <div className="jp-Flow-view" role="tabpanel" aria-label={tabs.find(each => each.id === tab)?.label}>
          <View {...props} page={page} tab={tab} />
        </div>
      </Split>
    </div>
  );
}

function View({ page, tab, selected, onSelect, grid }: IRunViewProps & { page: RunPage }): JSX.Element {
  if (tab !== 'grid' && page.flow.tasks.length === 0) {
    return <Empty title="This run never had a task.">Its flow could not be read then. {page.run.reason}</Empty>;
  }
  switch (tab) {
    case 'timeline':
      return <Timeline page={page} selected={selected} onSelect={onSelect} />;
    case 'values':
      return <Values page={page} onSelect={onSelect} />;
    case 'grid':
      return (
        <Grid
          grid={grid?.runs ?? null}
          run={page.run.id}
          task={selected}
          onRun={id => grid?.onRun(id)}
          onTask={(id, task) => {
            onSelect(task);
            if (id !== page.run.id) {
              grid?.onRun(id, task);
            }
          }}
        />
      );
    default:
      return <Graph page={page} selected={selected} onSelect={onSelect} />;
  }
}
