/** Make runs for times that passed: from when to when, and how many that would be, told as one types. */
import { useState } from 'react';

import { zoned } from '../../core/time';
import type { BackfillRequest, BackfillView, ErrorView, FlowView, ScheduleView } from '../../core/wire.gen';
import { count } from '../../core/words';
import { backfillRequest, howMany, placed, planned, timesOf } from './asking';
import type { Answered, IRange } from './asking';
import { FormActions, Refusal } from './FormParts';
import { Labelled, noted } from './Labelled';
import { ownZone, Times } from './Times';
import { useAnswer } from './useAnswer';
import { useParameters } from './useParameters';

export interface IBackfillFormProps {
  readonly flow: FlowView;
  /** The schedule whose times are filled, if the flow has one. */
  readonly scheduled?: ScheduleView | null | undefined;
  /** The first and the last day that the form begins with. */
  readonly days: readonly [string, string];
  /** What would be done; nothing is. */
  readonly preview: (request: BackfillRequest) => Promise<Answered<BackfillView>>;
  readonly onBackfill: (request: BackfillRequest) => void;
  readonly onCancel?: (() => void) | undefined;
  readonly error?: ErrorView | null | undefined;
  readonly isBusy?: boolean | undefined;
}

export function BackfillForm(props: IBackfillFormProps): JSX.Element {
  const { flow, scheduled = null, days: [since, until], preview, onBackfill, onCancel, error, isBusy } = props;
  const [said, setSaid] = useState<IRange>(() => ({
    ...timesOf(flow, scheduled, ownZone()), since, until, existing: 'none', parallel: '', reverse: false
  }));
  const [sent, setSent] = useState<IRange | null>(null);
  const parameters = useParameters(flow.params, scheduled?.params ?? {});
  const isWhole = said.cron.trim() !== '' && said.since !== '' && said.until !== '';
  const isNumber = /^([1-9]\d*)?$/.test(said.parallel.trim());
  const asked = useAnswer(isWhole && isNumber ? backfillRequest(flow, said) : null, preview);
  // Why it was refused is told until something else is typed.
  const wrong = { ...(said === sent ? placed(error) : {}), ...placed(asked.error) };
  const many = asked.answer ? howMany(asked.answer) : 0;

  const submit = (event: React.FormEvent): void => {
    event.preventDefault();
    setSent(said);
    const params = many > 0 ? parameters.read() : null;
    if (params) {
      onBackfill(backfillRequest(flow, said, params));
    }
  };
  return (
    <form className="jp-Flow jp-Flow-form" aria-label={`backfill ${flow.name}`} onSubmit={submit} noValidate>
      <div className="jp-Flow-pair">
        <Labelled id="jp-flow-since" name="From">
          <input id="jp-flow-since" className="jp-Flow-input" type="date" value={said.since} {...noted('jp-flow-since', wrong.range, false)} onChange={event => setSaid({ ...said, since: event.target.value })} />
        </Labelled>
        <Labelled id="jp-flow-until" name="To" more="all of that day">
          <input id="jp-flow-until" className="jp-Flow-input" type="date" value={said.until} {...noted('jp-flow-until', wrong.range, false)} onChange={event => setSaid({ ...said, until: event.target.value })} />
        </Labelled>
      </div>
      <Times times={said} problems={{ cron: wrong.cron, tz: wrong.tz }} onChange={times => setSaid({ ...said, ...times })} />
      <Labelled id="jp-flow-existing" name="Runs that are there for such a time">
        <select id="jp-flow-existing" className="jp-Flow-input" value={said.existing} onChange={event => setSaid({ ...said, existing: event.target.value as IRange['existing'] })}>
          <option value="none">are left alone</option>
          <option value="failed">are done again if they did not succeed</option>
          <option value="all">are all done again</option>
        </select>
      </Labelled>
      <section className="jp-Flow-preview" aria-label="what would be done" aria-busy={asked.isAsking}>
        {asked.answer ? <Told plan={asked.answer} tz={said.tz} />
          : wrong.range ? <Refusal what={wrong.range} />
            : <p className="jp-Flow-soft">{asked.isAsking ? 'Counting…' : 'Say when: then the runs are counted here.'}</p>}
      </section>
      {parameters.fields}
      <details className="jp-Flow-later">
        <summary>More</summary>
        <Labelled id="jp-flow-parallel" name="Runs at a time" problem={isNumber ? '' : 'A whole number from 1.'}>
          <input id="jp-flow-parallel" className="jp-Flow-input" inputMode="numeric" value={said.parallel} placeholder="2" {...noted('jp-flow-parallel', isNumber ? '' : 'wrong', false)} onChange={event => setSaid({ ...said, parallel: event.target.value })} />
        </Labelled>
        <label className="jp-Flow-check">
          <input type="checkbox" checked={said.reverse} onChange={event => setSaid({ ...said, reverse: event.target.checked })} />
          The latest first
        </label>
      </details>
      {wrong.form ? <Refusal what={wrong.form} /> : null}
      <FormActions label={isBusy ? 'Starting…' : many ? `Begin ${count(many, 'run')}` : 'Begin'} disabled={isBusy || many === 0 || asked.isAsking} onCancel={onCancel} />
    </form>
  );
}

/** The first and the last of the times, and what is done about them. */
function Told({ plan, tz }: { plan: BackfillView; tz: string }): JSX.Element {
  const times = plan.fills.map(each => each.at).sort();
  const [first = '', last = ''] = [times[0], times.at(-1)];
  return (
    <>
      <h4>{planned(plan)}</h4>
      <p className="jp-Flow-soft">{first === last ? `for ${zoned(first, tz)}` : `from ${zoned(first, tz)} to ${zoned(last, tz)}`}</p>
    </>
  );
}
