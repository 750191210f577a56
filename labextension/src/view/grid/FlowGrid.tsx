/** The grid of a flow's last runs, asked for; two of them can be chosen to be compared. */
import { useMemo, useState } from 'react';

import { gridOf } from '../../core/grid';
import type { RunPage, RunView } from '../../core/wire.gen';
import { useAsked } from '../others';
import type { IOtherRuns } from '../others';
import { Grid } from './Grid';

export interface IFlowGridProps {
  readonly page: RunPage;
  readonly selected: string | null;
  readonly onSelect: (key: string | null) => void;
  readonly others: IOtherRuns;
}

/** So many runs are beside each other. */
const COLUMNS = 20;

export function FlowGrid({ page, selected, onSelect, others }: IFlowGridProps): JSX.Element {
  const { run } = page;
  const { answer, error } = useAsked(`${run.flow} ${run.id} ${run.state}`, () => others.grid(run.flow, COLUMNS));
  const tasks = page.flow.tasks;
  const grid = useMemo(() => answer && gridOf([...answer].reverse(), tasks.map(each => each.name)), [answer, tasks]);
  const [picked, pick] = useState<string | null>(null);
  const [picks, setPicks] = useState(false);
  const choose = (id: string): void => {
    if (picked && picked !== id) {
      setPicks(false);
      pick(null);
      const [older, newer] = inOrder(grid?.columns ?? [], picked, id);
      others.compare(newer, older);
    } else {
      pick(picked === id ? null : id);
    }
  };
  const open = (id: string, task?: string): void => {
    if (picks) {
      choose(id);
      return;
    }
    if (task) {
      onSelect(task);
    }
    if (id !== run.id) {
      others.open(id, task);
    }
  };
  return (
    <>
      <div className="jp-Flow-tools">
        <button type="button" className="jp-Flow-chip" aria-pressed={picks} disabled={(grid?.columns.length ?? 0) < 2} onClick={() => {
          setPicks(!picks);
          pick(null);
        }}>Compare two runs</button>
        <span className="jp-Flow-soft" role="status">{picks ? (picked ? `${picked} and …: choose the other run` : 'choose the first run: a bar at the top, or any cell') : ''}</span>
      </div>
      {error ? <p className="jp-Flow-notice" role="alert">{error}</p> : null}
      <Grid grid={grid} run={picks ? picked : run.id} task={selected} onRun={id => open(id)} onTask={open} />
    </>
  );
}

/** The two in the order of `runs`, which begin with the oldest. */
function inOrder(runs: readonly RunView[], one: string, other: string): [string, string] {
  const place = (id: string): number => runs.findIndex(each => each.id === id);
  return place(one) < place(other) ? [one, other] : [other, one];
}
