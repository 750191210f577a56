/** Runs side by side: parameters, values and times, a row each; what differs is marked. */
import { useMemo, useState } from 'react';

import { runTook } from '../core/select';
import { zoned } from '../core/time';
import type { RunPage } from '../core/wire.gen';
import { comparisonOf } from './comparing';
import type { IComparedRow } from './comparing';
import { Empty } from './Empty';
import { Json } from './Json';
import { useNow } from './now';
import { isSameMeasure } from './points';
import type { IMeasure } from './points';
import { Sign } from './Sign';

export interface ICompareProps {
  /** Oldest first. */
  readonly pages: readonly RunPage[];
  readonly onRun?: ((id: string) => void) | undefined;
  /** What is plotted, and what is to be; without it nothing can. */
  readonly plotted?: IMeasure | null;
  readonly onPlot?: ((measure: IMeasure | null) => void) | undefined;
}

/** More rows than these are found by the search. */
const MOST = 500;
const GROUPS = ['Parameters', 'Values', 'Times'] as const;

export function Compare({ pages, onRun, plotted = null, onPlot }: ICompareProps): JSX.Element {
  const [onlyDifferent, setOnly] = useState(false);
  const [query, setQuery] = useState('');
  const now = useNow(false);
  const rows = useMemo(() => comparisonOf(pages, now), [pages, now]);
  const wanted = query.toLowerCase();
  const found = rows.filter(row => (row.differs || !onlyDifferent) && row.key.toLowerCase().includes(wanted));
  const shown = found.slice(0, MOST);
  return (
    <>
      <div className="jp-Flow-tools">
        <input className="jp-Flow-input" type="search" placeholder="Find a row" aria-label="find a row" value={query} onChange={event => setQuery(event.target.value)} />
        <button type="button" className="jp-Flow-chip" aria-pressed={onlyDifferent} onClick={() => setOnly(!onlyDifferent)}>Only what differs</button>
        <span className="jp-Flow-soft" role="status">{rows.filter(row => row.differs).length} of {rows.length} differ</span>
      </div>
      <div className="jp-Flow-scroll">
        <table className="jp-Flow-table jp-Flow-compared">
          <thead>
            <tr>
              <th scope="col" />
              {pages.map(({ run }) => (
                <th key={run.id} scope="col">
                  <div className="jp-Flow-rowLine"><Sign state={run.state} of="run" word /><span>{runTook(run, now)}</span></div>
                  <div><button type="button" className="jp-Flow-link" title="open this run" onClick={() => onRun?.(run.id)}>{zoned(run.logical_date)}</button></div>
                  <div className="jp-Flow-mono">{run.id}</div>
                </th>
              ))}
              <th scope="col">change</th>
            </tr>
          </thead>
          {GROUPS.map(group => (
            <Group key={group} title={group} rows={shown.filter(row => row.group === group)} width={pages.length} plotted={plotted} onPlot={onPlot} />
          ))}
        </table>
        {found.length === 0 ? <Empty title={rows.length ? 'No row is like that.' : 'There is nothing to compare yet.'} /> : null}
        {found.length > MOST ? <p className="jp-Flow-soft">The first {MOST}; find the others above.</p> : null}
      </div>
    </>
  );
}

interface IGroupProps extends Pick<ICompareProps, 'onPlot'> {
  readonly title: string;
  readonly rows: readonly IComparedRow[];
  readonly width: number;
  readonly plotted: IMeasure | null;
}

function Group({ title, rows, width, plotted, onPlot }: IGroupProps): JSX.Element | null {
  if (rows.length === 0) {
    return null;
  }
  return (
    <tbody>
      <tr><th scope="rowgroup" colSpan={width + 2} className="jp-Flow-groupHead">{title}</th></tr>
      {rows.map(row => (
        <tr key={row.key} data-differs={row.differs || undefined}>
          <th scope="row" className="jp-Flow-mono"><Name row={row} plotted={plotted} onPlot={onPlot} /></th>
          {row.values.map((value, at) => <td key={at}><Told row={row} value={value} at={at} /></td>)}
          <td className="jp-Flow-time">{row.change}</td>
        </tr>
      ))}
    </tbody>
  );
}

function Name({ row, plotted, onPlot }: { row: IComparedRow; plotted: IMeasure | null } & Pick<ICompareProps, 'onPlot'>): JSX.Element {
  const { key, measure, differs } = row;
  const isPlotted = measure !== null && isSameMeasure(measure, plotted);
  return (
    <>
      {measure && onPlot
        ? <button type="button" className="jp-Flow-link" aria-pressed={isPlotted} title="plot it over the last runs" onClick={() => onPlot(isPlotted ? null : measure)}>{key}</button>
        : key}
      {differs ? <span className="jp-Flow-differs" title="differs" aria-label="differs">≠</span> : null}
    </>
  );
}

function Told({ row, value, at }: { row: IComparedRow; value: unknown; at: number }): JSX.Element {
  if (value === undefined) {
    return <span className="jp-Flow-soft">–</span>;
  }
  return row.group === 'Times' ? <>{row.told[at]}</> : <Json value={value} open={0} />;
}
