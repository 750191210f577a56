/** Datasets: when each was updated, by what, and, unfolded, what that was made from. */
import { useEffect, useState } from 'react';

import { parseTime, zoned } from '../../core/time';
import type { DatasetView, LineageView, MadeView, UpdateView } from '../../core/wire.gen';
import { duration } from '../../core/words';
import { Empty, Skeleton } from '../Empty';
import { useNow } from '../now';
import { rowKeys } from './rowKeys';

export interface IDatasetListProps {
  /** Null while they are being asked for. */
  readonly datasets: readonly DatasetView[] | null;
  /** What the last updates of one were made from, the latest first. */
  readonly lineage: (dataset: string) => Promise<readonly LineageView[]>;
  readonly onOpen: (run: string, task: string | null) => void;
}

export function DatasetList({ datasets, lineage, onOpen }: IDatasetListProps): JSX.Element {
  const [unfolded, setUnfolded] = useState<string | null>(null);
  if (!datasets) {
    return <div className="jp-Flow jp-Flow-list"><Skeleton rows={3} label="loading the datasets" /></div>;
  }
  if (datasets.length === 0) {
    return (
      <div className="jp-Flow jp-Flow-list">
        <Empty title="There is no dataset yet." code={'clean.options(produces="sales")'}>A task says which one it produces, and other flows can wait for that:</Empty>
      </div>
    );
  }
  return (
    <div className="jp-Flow jp-Flow-list">
      <ul className="jp-Flow-datasets" aria-label={`${datasets.length} datasets`} onKeyDown={rowKeys}>
        {datasets.map(each => (
          <li key={each.name}>
            <button type="button" className="jp-Flow-row jp-Flow-dataset" aria-expanded={unfolded === each.name} disabled={each.last === null} onClick={() => setUnfolded(unfolded === each.name ? null : each.name)}>
              <strong className="jp-Flow-clip">{each.name}</strong>
              <Age update={each.last} />
              {each.consumers.length ? <span className="jp-Flow-soft jp-Flow-clip">{each.consumers.join(', ')} waits for it</span> : null}
            </button>
            {unfolded === each.name ? <Lines key={each.last?.at} dataset={each.name} lineage={lineage} onOpen={onOpen} /> : null}
          </li>
        ))}
      </ul>
    </div>
  );
}

function Age({ update }: { update: UpdateView | null }): JSX.Element {
  const now = useNow(true);
  const at = parseTime(update?.at ?? null);
  const text = at === null ? 'never updated' : `updated ${duration(Math.max(0, (now - at) / 1000))} ago`;
  return <span className="jp-Flow-soft jp-Flow-push" title={update ? zoned(update.at) : undefined}>{text}</span>;
}

function Lines({ dataset, lineage, onOpen }: { dataset: string } & Pick<IDatasetListProps, 'lineage' | 'onOpen'>): JSX.Element {
  const [line, setLine] = useState<LineageView | null | string>(null);
  useEffect(() => {
    let isWanted = true;
    lineage(dataset).then(
      found => isWanted && setLine(found[0] ?? 'Nothing is known.'),
      (error: unknown) => isWanted && setLine(error instanceof Error ? error.message : String(error))
    );
    return () => {
      isWanted = false;
    };
  }, [dataset, lineage]);
  if (line === null) {
    return <Skeleton rows={2} label={`asking what ${dataset} was made from`} />;
  }
  return typeof line === 'string' ? <p className="jp-Flow-soft">{line}</p> : <ul className="jp-Flow-lineage" aria-label={`what ${dataset} was made from`}><Line line={line} onOpen={onOpen} /></ul>;
}

function Line({ line, onOpen }: { line: LineageView; onOpen: IDatasetListProps['onOpen'] }): JSX.Element {
  const { update, made, sources, causes } = line;
  const { run } = update;
  if (run === null) {
    return <li>{update.note ? `by hand: ${update.note}` : 'by hand'}</li>;
  }
  if (!made) {
    return <li>by {update.task} in run {run}, which is not kept</li>;
  }
  return (
    <>
      <li>made by <Made made={made} />, in run <button type="button" className="jp-Flow-link" title={`open the run of ${line.flow}`} onClick={() => onOpen(run, update.task)}>{run}</button></li>
      {[...sources].reverse().map(each => <li key={each.task}>from <Made made={each} /></li>)}
      {causes.map(each => (
        <li key={each.update.dataset}>
          because of <strong>{each.update.dataset}</strong>, {zoned(each.update.at)}
          <ul className="jp-Flow-lineage"><Line line={each} onOpen={onOpen} /></ul>
        </li>
      ))}
    </>
  );
}

function Made({ made }: { made: MadeView }): JSX.Element {
  return (
    <span title={made.source ? `${made.source}, version ${made.digest}` : undefined}>
      <strong>{made.task}</strong>{made.source ? ` (${made.source.split('/').pop()} @ ${made.digest.slice(0, 7)})` : ''}{made.origin ? `, restored from ${made.origin}` : ''}
    </span>
  );
}
