/** Flows, a row each: name, tasks, where it stands, what is wrong with it, when it runs. */
import { useMemo, useState } from 'react';

import type { FlowView } from '../../core/wire.gen';
import { count } from '../../core/words';
import { Button } from '../Button';
import { Empty, Skeleton } from '../Empty';
import { rowKeys } from './rowKeys';

export interface IFlowListProps {
  /** Null while they are being asked for. */
  readonly flows: readonly FlowView[] | null;
  readonly onOpen: (flow: FlowView) => void;
  readonly onRun?: ((flow: FlowView) => void) | undefined;
  readonly onSchedule?: ((flow: FlowView) => void) | undefined;
}

const EXAMPLE = '%%flow nightly\nextract >> clean >> report';

export function FlowList({ flows, ...rest }: IFlowListProps): JSX.Element {
  const [query, setQuery] = useState('');
  const shown = useMemo(() => (flows ?? []).filter(flow => `${flow.name} ${flow.source} ${flow.description}`.toLowerCase().includes(query.toLowerCase())), [flows, query]);
  const twins = useMemo(() => twice((flows ?? []).map(flow => flow.name)), [flows]);
  if (!flows) {
    return <div className="jp-Flow jp-Flow-list"><Skeleton rows={6} label="loading the flows" /></div>;
  }
  if (flows.length === 0) {
    return (
      <div className="jp-Flow jp-Flow-list">
        <Empty title="No flow yet." code={EXAMPLE}>Tag notebooks as tasks (the button in a notebook’s tool bar). Then, after <code>%load_ext jupyter_flow</code>, chain them in a cell of any notebook:</Empty>
      </div>
    );
  }
  return (
    <div className="jp-Flow jp-Flow-list">
      {flows.length > 8 ? (
        <div className="jp-Flow-tools">
          <input className="jp-Flow-input jp-Flow-wide" type="search" placeholder="Filter flows" aria-label="filter flows" value={query} onChange={event => setQuery(event.target.value)} />
        </div>
      ) : null}
      <div className="jp-Flow-rows" onKeyDown={rowKeys}>
        <ul aria-label={`${shown.length} flows`}>
          {shown.map(flow => <li key={flow.address || flow.name}><Row flow={flow} isTwin={twins.has(flow.name)} {...rest} /></li>)}
        </ul>
      </div>
    </div>
  );
}

/** The names that more than one has. */
function twice(names: readonly string[]): ReadonlySet<string> {
  return new Set(names.filter((name, at) => names.indexOf(name) !== at));
}

interface IRowProps extends Omit<IFlowListProps, 'flows'> {
  readonly flow: FlowView;
  /** Another flow has its name too, so its notebook is told. */
  readonly isTwin: boolean;
}

function Row({ flow, isTwin, onOpen, onRun, onSchedule }: IRowProps): JSX.Element {
  const errors = flow.problems.filter(each => each.severity === 'error');
  const wrong = errors.length ? errors : flow.problems;
  return (
    <div className="jp-Flow-rowWith" data-flow={flow.address}>
      <button type="button" className="jp-Flow-row" title={`${flow.name}, in ${flow.source}`} onClick={() => onOpen(flow)}>
        <span className="jp-Flow-rowLine">
          <strong className="jp-Flow-clip">{flow.name}</strong>
          {flow.on_update ? <span className="jp-Flow-tag" title={`runs when ${flow.on_update} was updated`}>{flow.on_update}</span> : null}
          {flow.schedule ? <span className="jp-Flow-tag" title={`${flow.schedule} ${flow.tz ?? ''}`}>{flow.schedule}</span> : null}
        </span>
        <span className="jp-Flow-rowLine jp-Flow-soft">
          {isTwin ? <span className="jp-Flow-clipStart"><bdi>{flow.source}</bdi></span> : null}{isTwin ? '·' : null}
          {wrong.length ? (
            <span className="jp-Flow-clip jp-Flow-reason" data-tone={errors.length ? 'bad' : 'warn'} title={wrong[0]?.hint}>
              {count(wrong.length, errors.length ? 'error' : 'warning')}: {wrong[0]?.what}
            </span>
          ) : <span className="jp-Flow-clip">{count(flow.tasks.length, 'task')}{flow.description ? ` · ${flow.description}` : ''}</span>}
        </span>
      </button>
      <Button label={`run ${flow.name}`} icon="play" iconOnly disabled={errors.length > 0} onClick={onRun ? () => onRun(flow) : undefined} />
      <Button label={`schedule ${flow.name}`} icon="clock" iconOnly disabled={errors.length > 0} onClick={onSchedule ? () => onSchedule(flow) : undefined} />
    </div>
  );
}
