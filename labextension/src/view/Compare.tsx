/** Runs side by side: parameters, values and times, what differs marked; a number over all runs. */
import { useMemo, useState } from 'react';

import { zoned } from '../core/time';
import type { RunPage } from '../core/wire.gen';
import { runTook } from '../core/select';
import { comparisonOf } from './comparing';
import type { IComparedRow } from './comparing';
import { Empty } from './Empty';
import { Json } from './Json';
import { useNow } from './now';
import { Plot } from './Plot';
import { Sign } from './Sign';

export interface ICompareProps {
  /** Oldest first. */
  readonly pages: readonly RunPage[];
  readonly onRun?: ((id: string) => void) | undefined;
}

export function Compare({ pages, onRun }: ICompareProps): JSX.Element {
  const [onlyDifferent, setOnly] = useState(false);
  const [plotted, setPlotted] = useState<string | null>(null);
  const now = useNow(false);
  const rows = useMemo(() => comparisonOf(pages, now), [pages, now]);
  const shown = onlyDifferent ? rows.filter(row => row.differs) : rows;
  const plot = rows.find(row => row.key === plotted && row.isNumeric) ?? null;
  if (pages.length < 2) {
    return <div className="jp-Flow jp-Flow-compare"><Empty title="Two runs make a comparison.">Choose two or more runs of a flow in the list of runs.</Empty></div>;
  }
  return (
    <div className="jp-Flow jp-Flow-compare">
      <div className="jp-Flow-tools">
        <button type="button" className="jp-Flow-chip" aria-pressed={onlyDifferent} onClick={() => setOnly(!onlyDifferent)}>Only what differs</button>
        <span className="jp-Flow-soft" role="status">{rows.filter(row => row.differs).length} of {rows.length} differ</span>
      </div>
      {plot ? <Plot title={plot.key} labels={pages.map(page => `${page.run.id}, for ${zoned(page.run.logical_date)}`)} values={plot.values.map(each => (typeof each === 'number' ? each : null))} /> : null}
      <div className="jp-Flow-scroll">
        <table className="jp-Flow-table jp-Flow-compared">
          <thead>
            <tr>
              <th scope="col" />
              {pages.map(({ run }) => (
                <th key={run.id} scope="col">
                  <Sign state={run.state} of="run" /> <button type="button" className="jp-Flow-link" onClick={() => onRun?.(run.id)}>{zoned(run.logical_date)}</button>
                  <div className="jp-Flow-mono">{run.id}</div>
                  <div>{runTook(run, now)}</div>
                </th>
              ))}
            </tr>
          </thead>
          {(['Parameters', 'Values', 'Times'] as const).map(group => (
            <Group key={group} title={group} rows={shown.filter(row => row.group === group)} width={pages.length} plotted={plotted} onPlot={setPlotted} />
          ))}
        </table>
      </div>
    </div>
  );
}

interface IGroupProps {
  readonly title: string;
  readonly rows: readonly IComparedRow[];
  readonly width: number;
  readonly plotted: string | null;
  readonly onPlot: (key: string | null) => void;
}

function Group({ title, rows, width, plotted, onPlot }: IGroupProps): JSX.Element | null {
  if (rows.length === 0) {
    return null;
  }
  return (
    <tbody>
      <tr><th scope="rowgroup" colSpan={width + 1} className="jp-Flow-groupHead">{title}</th></tr>
      {rows.map(row => (
        <tr key={row.key} data-differs={row.differs || undefined}>
          <th scope="row" className="jp-Flow-mono">
            {row.isNumeric ? <button type="button" className="jp-Flow-link" aria-pressed={plotted === row.key} title="plot it over the runs" onClick={() => onPlot(plotted === row.key ? null : row.key)}>{row.key}</button> : row.key}
            {row.differs ? <span className="jp-Flow-differs" title="differs" aria-label="differs">≠</span> : null}
          </th>
          {row.values.map((value, at) => <td key={at}>{value === undefined ? <span className="jp-Flow-soft">–</span> : row.group === 'Times' ? row.told[at] : <Json value={value} open={0} />}</td>)}
        </tr>
      ))}
    </tbody>
  );
}
