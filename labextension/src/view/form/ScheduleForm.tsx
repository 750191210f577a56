/** Have a flow run by itself: when, on whose clocks, with what. Shows when that would be as one types. */
import { useState } from 'react';

import type { ErrorView, FlowView, ScheduleRequest, ScheduleView } from '../../core/wire.gen';
import { Fires } from '../lists/Fires';
import { isOfLine, placed, scheduleRequest, timesOf } from './asking';
import type { Answered, ISchedule } from './asking';
import { FormActions, Refusal } from './FormParts';
import { Labelled, noted } from './Labelled';
import { ownZone, Times } from './Times';
import { useAnswer } from './useAnswer';
import { useParameters } from './useParameters';

export interface IScheduleFormProps {
  readonly flow: FlowView;
  /** The schedule that the form begins with, if the flow has one. */
  readonly scheduled?: ScheduleView | null | undefined;
  /** The names of all schedules that this flow has. */
  readonly names?: readonly string[] | undefined;
  /** The schedule that would come of it; nothing is kept. */
  readonly preview: (request: ScheduleRequest) => Promise<Answered<ScheduleView>>;
  readonly onSchedule: (request: ScheduleRequest) => void;
  readonly onCancel?: (() => void) | undefined;
  /** Why the last try was refused. */
  readonly error?: ErrorView | null | undefined;
  readonly isBusy?: boolean | undefined;
  /** The zone of who looks; the browser's unless given. */
  readonly zone?: string | undefined;
}

export function ScheduleForm(props: IScheduleFormProps): JSX.Element {
  const { flow, scheduled = null, names = [], preview, onSchedule, onCancel, error, isBusy, zone = ownZone() } = props;
  const [said, setSaid] = useState<ISchedule>(() => ({
    ...timesOf(flow, scheduled, zone), name: scheduled?.name ?? '', catchup: '', pin: scheduled?.snapshot === 'pinned'
  }));
  const [sent, setSent] = useState<ISchedule | null>(null);
  const parameters = useParameters(flow.params, scheduled?.params ?? {});
  const isEmpty = said.cron.trim() === '' && !flow.on_update;
  const asked = useAnswer(isEmpty ? null : scheduleRequest(flow, said), preview);
  // Why it was refused is told until something else is typed.
  const wrong = { ...(said === sent ? placed(error) : {}), ...placed(asked.error) };
  const cron = isEmpty ? (sent ? 'It is needed.' : '') : wrong.cron;

  const submit = (event: React.FormEvent): void => {
    event.preventDefault();
    setSent(said);
    const params = isEmpty ? null : parameters.read();
    if (params) {
      onSchedule(scheduleRequest(flow, said, params));
    }
  };
  const name = said.name.trim() || flow.name;
  return (
    <form className="jp-Flow jp-Flow-form" aria-label={`schedule ${flow.name}`} onSubmit={submit} noValidate>
      <Times
        times={said}
        note={isOfLine(flow, said) ? 'As the flow’s own line says; an edit of that line is followed.' : undefined}
        problems={{ cron, tz: wrong.tz }}
        onChange={times => setSaid({ ...said, ...times })}
      />
      <section className="jp-Flow-preview" aria-label="next runs" aria-busy={asked.isAsking}>
        {asked.answer?.on_update ? <p>It runs when <code>{asked.answer.on_update}</code> {/ & /.test(asked.answer.on_update) ? 'were' : 'was'} updated.</p> : null}
        {asked.answer ? <Next schedule={asked.answer} zone={zone} /> : <p className="jp-Flow-soft">{isEmpty ? 'The next runs are shown here.' : asked.isAsking ? 'Counting…' : 'No next run: see above.'}</p>}
      </section>
      {parameters.fields}
      <More said={said} flow={flow} problem={wrong.name} onChange={setSaid} />
      {names.includes(name) ? <p className="jp-Flow-soft">It takes the place of the schedule <strong>{name}</strong> that is there.</p> : null}
      {wrong.form ? <Refusal what={wrong.form} /> : null}
      <FormActions label={isBusy ? 'Scheduling…' : 'Schedule'} disabled={isBusy} onCancel={onCancel} />
    </form>
  );
}

function Next({ schedule, zone }: { schedule: ScheduleView; zone: string }): JSX.Element {
  if (schedule.upcoming.length === 0 && schedule.on_update) {
    return <></>;
  }
  return schedule.upcoming.length === 0
    ? <p className="jp-Flow-reason" data-tone="warn">It would never run: that time is over.</p>
    : <><h4>Next runs</h4><Fires schedule={schedule} zone={zone} /></>;
}

const CATCHUP: readonly (readonly [string, string])[] = [
  ['', 'as the flow’s line says'], ['none', 'are left out'], ['latest', 'the last of them is made up for'], ['all', 'all of them are made up for']
];

interface IMoreProps {
  readonly said: ISchedule;
  readonly flow: FlowView;
  readonly problem: string | undefined;
  readonly onChange: (said: ISchedule) => void;
}

function More({ said, flow, problem, onChange }: IMoreProps): JSX.Element {
  const [isOpen, setOpen] = useState(false);
  return (
    <details className="jp-Flow-later" open={isOpen || Boolean(problem)} onToggle={event => setOpen(event.currentTarget.open)}>
      <summary>More</summary>
      <Labelled id="jp-flow-schedule-name" name="Name" note="A flow may have several schedules, each with a name of its own." problem={problem}>
        <input id="jp-flow-schedule-name" className="jp-Flow-input" value={said.name} placeholder={flow.name} spellCheck={false} {...noted('jp-flow-schedule-name', problem)} onChange={event => onChange({ ...said, name: event.target.value })} />
      </Labelled>
      <Labelled id="jp-flow-schedule-catchup" name="Times that pass while nothing is there to run it">
        <select id="jp-flow-schedule-catchup" className="jp-Flow-input" value={said.catchup} onChange={event => onChange({ ...said, catchup: event.target.value })}>
          {CATCHUP.map(([value, label]) => <option key={value} value={value}>{label}</option>)}
        </select>
      </Labelled>
      <label className="jp-Flow-check">
        <input type="checkbox" checked={said.pin} onChange={event => onChange({ ...said, pin: event.target.checked })} />
        Run the flow and its notebooks as they are now, whatever is edited
      </label>
    </details>
  );
}
