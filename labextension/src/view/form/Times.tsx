/** When a flow runs: a cron text, with the usual ones at hand, and the zone whose clocks it means. */
import { useId } from 'react';

import type { ITimes } from './asking';
import { Labelled, noted } from './Labelled';

const USUAL: readonly (readonly [string, string])[] = [
  ['0 * * * *', 'hourly'],
  ['0 6 * * *', 'daily at 6'],
  ['0 6 * * 1-5', 'working days at 6'],
  ['0 6 * * 1', 'Mondays at 6'],
  ['0 6 1 * *', 'first of the month']
];

export interface ITimesProps {
  readonly times: ITimes;
  readonly note?: string | undefined;
  readonly problems: { readonly cron?: string | undefined; readonly tz?: string | undefined };
  readonly onChange: (times: ITimes) => void;
}

export function Times({ times, note, problems, onChange }: ITimesProps): JSX.Element {
  const id = useId();
  const { cron, tz } = times;
  return (
    <>
      <Labelled id={`${id}-cron`} name="When" note={note ?? 'Minute, hour, day of the month, month, day of the week; or @hourly, @daily, @weekly, @monthly.'} problem={problems.cron}>
        <input id={`${id}-cron`} className="jp-Flow-input jp-Flow-mono" value={cron} placeholder="0 6 * * 1-5" spellCheck={false} autoComplete="off" {...noted(`${id}-cron`, problems.cron)} onChange={event => onChange({ cron: event.target.value, tz })} />
        <span className="jp-Flow-filters" role="group" aria-label="usual times">
          {USUAL.map(([text, label]) => (
            <button key={text} type="button" className="jp-Flow-chip" title={text} aria-pressed={cron.trim() === text} onClick={() => onChange({ cron: text, tz })}>{label}</button>
          ))}
        </span>
      </Labelled>
      <Labelled id={`${id}-tz`} name="Time zone" problem={problems.tz}>
        <input id={`${id}-tz`} className="jp-Flow-input" value={tz} list={`${id}-zones`} placeholder="UTC" spellCheck={false} autoComplete="off" {...noted(`${id}-tz`, problems.tz, false)} onChange={event => onChange({ cron, tz: event.target.value })} />
        <datalist id={`${id}-zones`}>{zones().map(each => <option key={each} value={each} />)}</datalist>
      </Labelled>
    </>
  );
}

/** The zone of who looks. */
export function ownZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';
}

let known: readonly string[] | null = null;

function zones(): readonly string[] {
  known ??= ['UTC', ...Intl.supportedValuesOf('timeZone')];
  return known;
}
