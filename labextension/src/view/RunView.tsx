/** A run's page: its head, its views (graph, time line, grid, values, compare), and the chosen task beside. */
import { useState } from 'react';
import type { ReactNode } from 'react';

import type { RunPage } from '../core/wire.gen';
import type { IRunActions } from './actions';
import { Boundary } from './Boundary';
import { CompareWith } from './CompareWith';
import { Empty, Skeleton } from './Empty';
import { Graph } from './graph/Graph';
import { FlowGrid } from './grid/FlowGrid';
import type { IOtherRuns } from './others';
import { RunHeader } from './RunHeader';
import { Split } from './Split';
import { Tabs } from './Tabs';
import type { ITab } from './Tabs';
import { TaskPane } from './task/TaskPane';
import type { ITaskPaneProps } from './task/TaskPane';
import { Timeline } from './timeline/Timeline';
import { Values } from './Values';

export type RunTab = 'graph' | 'timeline' | 'grid' | 'values' | 'compare';

export interface IRunViewProps extends Pick<ITaskPaneProps, 'log' | 'onWatch' | 'outputs' | 'why'> {
  /** Null while it is being asked for. */
  readonly page: RunPage | null;
  readonly selected: string | null;
  readonly onSelect: (key: string | null) => void;
  readonly tab?: RunTab | undefined;
  readonly onTab?: ((tab: RunTab) => void) | undefined;
  readonly actions?: IRunActions | undefined;
  /** The other runs of the flow: without them there is no grid, no comparison and no plot. */
  readonly others?: IOtherRuns | undefined;
  /** Which run it is compared with; null: the one before. */
  readonly other?: string | null | undefined;
  readonly onOther?: ((id: string) => void) | undefined;
  /** Said above all else: that the connection is gone, what could not be done. */
  readonly notice?: ReactNode;
}

const TABS: readonly ITab<RunTab>[] = [
  { id: 'graph', label: 'Graph' },
  { id: 'timeline', label: 'Time line' },
  { id: 'grid', label: 'Grid' },
  { id: 'values', label: 'Values' },
  { id: 'compare', label: 'Compare' }
];
/** The views of more than one run. */
const OF_MANY: readonly RunTab[] = ['grid', 'compare'];

export function RunView(props: IRunViewProps): JSX.Element {
  const { page, selected, onSelect, onTab, actions, others, notice } = props;
  const [own, setOwn] = useState<RunTab>('graph');
  const tab = props.tab ?? own;
  const change = onTab ?? setOwn;
  if (!page) {
    return <div className="jp-Flow jp-Flow-run">{notice}<Skeleton rows={10} label="loading the run" /></div>;
  }
  const tabs = others ? TABS : TABS.filter(each => !OF_MANY.includes(each.id));
  const label = tabs.find(each => each.id === tab)?.label ?? 'view';
  const pane = selected === null ? null : (
    <Boundary key={selected} of={`what is told of ${selected}`}>
      <TaskPane page={page} selected={selected} onSelect={onSelect} actions={actions} log={props.log} onWatch={props.onWatch} outputs={props.outputs} why={props.why} />
    </Boundary>
  );
  return (
    <div className="jp-Flow jp-Flow-run">
      {notice ? <div className="jp-Flow-notice" role="status">{notice}</div> : null}
      <RunHeader page={page} actions={actions} />
      <Tabs label="views of the run" tabs={tabs} current={tab} onChange={change} />
      <Split side={pane} sideLabel={`task ${selected ?? ''}`}>
        <div className="jp-Flow-view" role="tabpanel" aria-label={label}>
          <Boundary key={tab} of={`the view “${label}”`}><View {...props} page={page} tab={tab} /></Boundary>
        </div>
      </Split>
    </div>
  );
}

function View({ page, tab, selected, onSelect, others, other, onOther }: IRunViewProps & { page: RunPage }): JSX.Element {
  if (!OF_MANY.includes(tab ?? 'graph') && page.flow.tasks.length === 0) {
    return <Empty title="This run never had a task.">Its flow could not be read then. {page.run.reason}</Empty>;
  }
  switch (tab) {
    case 'timeline':
      return <Timeline page={page} selected={selected} onSelect={onSelect} />;
    case 'values':
      return <Values page={page} onSelect={onSelect} others={others} />;
    case 'grid':
      return others ? <FlowGrid page={page} selected={selected} onSelect={onSelect} others={others} /> : <></>;
    case 'compare':
      return others ? <CompareWith page={page} other={other ?? null} onOther={id => onOther?.(id)} others={others} /> : <></>;
    default:
      return <Graph page={page} selected={selected} onSelect={onSelect} />;
  }
}
