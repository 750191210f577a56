/** All values that the tasks of a run handed on, and the parameters it had. */
import { useMemo, useState } from 'react';

import { keyOf } from '../core/run';
import type { RunPage } from '../core/wire.gen';
import { Empty } from './Empty';
import { History } from './History';
import { Json } from './Json';
import type { IOtherRuns } from './others';
import { isSameMeasure } from './points';
import type { IMeasure } from './points';

export interface IValuesProps {
  readonly page: RunPage;
  readonly onSelect: (key: string) => void;
  /** With them a number can be plotted over the last runs. */
  readonly others?: IOtherRuns | undefined;
}

export function Values({ page, onSelect, others }: IValuesProps): JSX.Element {
  const [query, setQuery] = useState('');
  const [plotted, plot] = useState<IMeasure | null>(null);
  const rows = useMemo(() => rowsOf(page), [page]);
  const wanted = query.toLowerCase();
  const shown = rows.filter(row => `${row.key}.${row.name}`.toLowerCase().includes(wanted));
  if (rows.length === 0) {
    return (
      <Empty title="No values yet." code={'import jupyter_flow\njupyter_flow.output(auc=0.93)'}>
        A notebook hands small values on to the tasks after it with a line in any of its cells:
      </Empty>
    );
  }
  return (
    <div className="jp-Flow-values">
      <div className="jp-Flow-tools">
        <input className="jp-Flow-input" type="search" placeholder="Find a value" aria-label="find a value" value={query} onChange={event => setQuery(event.target.value)} />
        <span className="jp-Flow-soft" role="status">{shown.length} of {rows.length}</span>
      </div>
      {plotted && others ? <History key={plotted.key} page={page} measure={plotted} others={others} onClose={() => plot(null)} /> : null}
      <div className="jp-Flow-scroll">
        <table className="jp-Flow-table">
          <thead><tr><th scope="col">Task</th><th scope="col">Name</th><th scope="col">Value</th></tr></thead>
          <tbody>
            {shown.slice(0, 500).map((row, at) => (
              <tr key={`${row.key}.${row.name}`}>
                <td className="jp-Flow-whole">{row.key !== shown[at - 1]?.key ? (row.isTask ? <button type="button" className="jp-Flow-link" onClick={() => onSelect(row.key)}>{row.key}</button> : <span className="jp-Flow-soft">{row.key}</span>) : null}</td>
                <td className="jp-Flow-mono jp-Flow-whole">{row.name}</td>
                <td><Json value={row.value} open={0} />{others && row.isTask && typeof row.value === 'number' ? <PlotButton measure={{ key: row.key, name: row.name }} plotted={plotted} onPlot={plot} /> : null}</td>
              </tr>
            ))}
          </tbody>
        </table>
        {shown.length > 500 ? <p className="jp-Flow-soft">The first 500; find the others above.</p> : null}
      </div>
    </div>
  );
}

interface IPlotButtonProps {
  readonly measure: IMeasure;
  readonly plotted: IMeasure | null;
  readonly onPlot: (measure: IMeasure | null) => void;
}

function PlotButton({ measure, plotted, onPlot }: IPlotButtonProps): JSX.Element {
  const isOn = isSameMeasure(measure, plotted);
  const label = `plot ${measure.key}.${measure.name} over the last runs`;
  return <button type="button" className="jp-Flow-link jp-Flow-plotIt" aria-label={label} title={label} aria-pressed={isOn} onClick={() => onPlot(isOn ? null : measure)}>plot</button>;
}

interface IRow {
  readonly key: string;
  readonly isTask: boolean;
  readonly name: string;
  readonly value: unknown;
}

function rowsOf(page: RunPage): IRow[] {
  const params = Object.entries(page.params).map(([name, value]) => ({ key: 'parameters', isTask: false, name, value }));
  const values = page.task_runs.flatMap(run => Object.entries(run.values).map(([name, value]) => ({
    key: keyOf(run.task, run.index), isTask: true, name, value
  })));
  return [...params, ...values];
}
