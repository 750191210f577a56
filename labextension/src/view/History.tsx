/** A number of a task over the last runs of its flow, asked for and plotted. */
import { useMemo } from 'react';

import type { RunPage } from '../core/wire.gen';
import { readKey } from '../core/run';
import { duration } from '../core/words';
import { Button } from './Button';
import { Skeleton } from './Empty';
import { brief } from './numbers';
import { useNow } from './now';
import { useAsked } from './others';
import type { IOtherRuns } from './others';
import { Plot } from './Plot';
import { pointsOf, titleOf } from './points';
import type { IMeasure } from './points';

export interface IHistoryProps {
  readonly page: RunPage;
  readonly measure: IMeasure;
  readonly others: IOtherRuns;
  readonly onClose: () => void;
}

export function History({ page, measure, others, onClose }: IHistoryProps): JSX.Element {
  const { run } = page;
  const { task } = readKey(measure.key);
  const { answer, error } = useAsked(`${run.flow} ${task} ${run.state}`, () => others.past(run.flow, task));
  const now = useNow(false);
  const points = useMemo(() => answer && pointsOf(answer, measure, now), [answer, measure, now]);
  const title = titleOf(measure);
  return (
    <section className="jp-Flow-history" aria-label={`${title} over the last runs`}>
      <div className="jp-Flow-rowLine">
        <strong className="jp-Flow-mono">{title}</strong>
        <span className="jp-Flow-soft">{points ? `over the last ${points.length} runs` : ''}</span>
        <span className="jp-Flow-push"><Button label="close the plot" icon="close" iconOnly onClick={onClose} /></span>
      </div>
      {error ? <p role="alert">{error}</p> : null}
      {points
        ? <Plot key={title} title={title} points={points} current={run.id} told={measure.name === null ? duration : brief} onRun={id => others.open(id, measure.key)} />
        : error ? null : <Skeleton rows={4} label="loading the runs" />}
    </section>
  );
}
