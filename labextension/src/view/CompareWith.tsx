/** A run beside another one of its flow, which can be chosen: at first the one before it. */
import { useMemo, useState } from 'react';

import { runTook } from '../core/select';
import { zoned } from '../core/time';
import type { RunPage, RunView } from '../core/wire.gen';
import { runSign } from '../core/words';
import { Compare } from './Compare';
import { Empty, Skeleton } from './Empty';
import { History } from './History';
import { useAsked } from './others';
import type { IOtherRuns } from './others';
import type { IMeasure } from './points';

export interface ICompareWithProps {
  readonly page: RunPage;
  /** The id of the other run; null: the one before. */
  readonly other: string | null;
  readonly onOther: (id: string) => void;
  readonly others: IOtherRuns;
}

/** So many runs can be chosen from. */
const LISTED = 50;

export function CompareWith({ page, other, onOther, others }: ICompareWithProps): JSX.Element {
  const { run } = page;
  const [plotted, setPlotted] = useState<IMeasure | null>(null);
  const listed = useAsked(`${run.flow} ${run.state}`, () => others.runs(run.flow, LISTED));
  const list = useMemo(() => listed.answer?.filter(each => each.id !== run.id) ?? null, [listed.answer, run.id]);
  const wanted = other === run.id ? null : other;
  const chosen = wanted ?? (list && before(list, run)?.id) ?? null;
  const asked = useAsked(chosen && `${chosen} ${run.state}`, () => others.pages([chosen ?? '']));
  const beside = asked.answer?.find(each => each.run.id === chosen) ?? null;
  const pages = useMemo(() => beside && inOrder([beside, page]), [beside, page]);
  const error = asked.error ?? listed.error;
  if (list?.length === 0 && !wanted) {
    return <Empty title="There is no other run of this flow yet.">Run it again, and the two can be compared here.</Empty>;
  }
  return (
    <div className="jp-Flow-compare">
      <label className="jp-Flow-tools jp-Flow-with">
        <span>Compare with</span>
        <select className="jp-Flow-input" aria-label="compare with run" value={chosen ?? ''} onChange={event => onOther(event.target.value)}>
          {optionsOf(list ?? [], beside?.run).map(each => <option key={each.id} value={each.id}>{told(each)}</option>)}
        </select>
      </label>
      {error ? <p className="jp-Flow-notice" role="alert">{error}</p> : null}
      {plotted ? <History key={plotted.key} page={page} measure={plotted} others={others} onClose={() => setPlotted(null)} /> : null}
      {pages ? <Compare pages={pages} onRun={id => others.open(id)} plotted={plotted} onPlot={setPlotted} /> : error ? null : <Skeleton rows={8} label="loading the other run" />}
    </div>
  );
}

/** The run that was made last before `run`; where there is none, the first one after it. */
export function before(list: readonly RunView[], run: RunView): RunView | undefined {
  return list.find(each => each.created_at < run.created_at) ?? list.at(-1);
}

/** The runs that can be chosen: also one that is too old to be among them. */
function optionsOf(list: readonly RunView[], chosen: RunView | undefined): readonly RunView[] {
  return chosen && !list.some(each => each.id === chosen.id) ? [...list, chosen] : list;
}

function told(run: RunView): string {
  const sign = runSign(run.state);
  return [`${sign.symbol} ${zoned(run.logical_date)}`, run.id, sign.word, run.ended_at ? runTook(run, 0) : ''].filter(Boolean).join(' · ');
}

function inOrder(pages: readonly RunPage[]): RunPage[] {
  return [...pages].sort((a, b) => (a.run.created_at < b.run.created_at ? -1 : 1));
}
