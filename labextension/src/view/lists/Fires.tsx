/** When a schedule fires next, on its own clock and on that of who looks. */
import { bothZones } from '../../core/time';
import type { ScheduleView } from '../../core/wire.gen';

export interface IFiresProps {
  readonly schedule: Pick<ScheduleView, 'upcoming' | 'next_fire' | 'tz'>;
  /** The zone of who looks; the browser's unless given. */
  readonly zone?: string | undefined;
}

const MOST = 5;

export function Fires({ schedule: { upcoming, next_fire, tz }, zone }: IFiresProps): JSX.Element {
  const fires = upcoming.length ? upcoming : next_fire ? [{ at: next_fire, oddity: '' }] : [];
  // What the clocks do to a time far ahead is told too.
  const shown = fires.filter((each, at) => at < MOST || each.oddity);
  return (
    <ol className="jp-Flow-fires" aria-label="next fire times">
      {shown.map(fire => {
        const { there, here } = bothZones(fire.at, tz, zone);
        return (
          <li key={fire.at}>
            <span>{there}</span>
            {here ? <span className="jp-Flow-soft">{here} here</span> : null}
            {fire.oddity ? <span className="jp-Flow-reasonInline" data-tone="warn">{fire.oddity}</span> : null}
          </li>
        );
      })}
    </ol>
  );
}
