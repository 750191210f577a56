/** Schedules: when each fires next, on its own clock and on ours, and a way to pause it. */
import { parseTime, bothZones } from '../../core/time';
import type { ScheduleView } from '../../core/wire.gen';
import { duration } from '../../core/words';
import { Button } from '../Button';
import { Empty, Skeleton } from '../Empty';
import { useNow } from '../now';

export interface IScheduleListProps {
  /** Null while they are being asked for. */
  readonly schedules: readonly ScheduleView[] | null;
  readonly onPause: (name: string) => void;
  readonly onResume: (name: string) => void;
  readonly onRemove?: ((name: string) => void) | undefined;
  /** The zone of who looks; the browser's unless given. */
  readonly zone?: string | undefined;
}

export function ScheduleList({ schedules, ...rest }: IScheduleListProps): JSX.Element {
  if (!schedules) {
    return <div className="jp-Flow jp-Flow-list"><Skeleton rows={4} label="loading the schedules" /></div>;
  }
  if (schedules.length === 0) {
    return (
      <div className="jp-Flow jp-Flow-list">
        <Empty title="Nothing is scheduled." code={'%flow schedule nightly --cron "0 6 * * 1-5" --tz Europe/Berlin'}>Have a flow run by itself, at six each working day:</Empty>
      </div>
    );
  }
  return (
    <div className="jp-Flow jp-Flow-list">
      <ul className="jp-Flow-schedules" aria-label={`${schedules.length} schedules`}>
        {schedules.map(each => <Schedule key={each.name} schedule={each} {...rest} />)}
      </ul>
    </div>
  );
}

function Schedule({ schedule, onPause, onResume, onRemove, zone }: { schedule: ScheduleView } & Omit<IScheduleListProps, 'schedules'>): JSX.Element {
  const now = useNow(!schedule.is_paused);
  const next = parseTime(schedule.next_fire);
  const fires = schedule.upcoming.length ? schedule.upcoming : schedule.next_fire ? [{ at: schedule.next_fire, oddity: '' }] : [];
  return (
    <li className="jp-Flow-schedule" data-paused={schedule.is_paused || undefined}>
      <div className="jp-Flow-rowLine">
        <strong className="jp-Flow-clip">{schedule.name}</strong>
        {schedule.name !== schedule.flow ? <span className="jp-Flow-soft jp-Flow-clip">runs {schedule.flow}</span> : null}
        <span className="jp-Flow-push jp-Flow-soft">
          {schedule.is_paused ? 'paused' : next === null ? 'over' : `in ${duration(Math.max(0, (next - now) / 1000))}`}
        </span>
        {schedule.is_paused
          ? <Button label={`resume ${schedule.name}`} icon="play" iconOnly onClick={() => onResume(schedule.name)} />
          : <Button label={`pause ${schedule.name}`} icon="pause" iconOnly onClick={() => onPause(schedule.name)} />}
        <Button label={`unschedule ${schedule.name}`} icon="trash" iconOnly onClick={onRemove ? () => onRemove(schedule.name) : undefined} />
      </div>
      <p className="jp-Flow-soft"><code>{schedule.cron}</code> · {schedule.tz}{schedule.catchup !== 'none' ? ` · catches up on ${schedule.catchup}` : ''}</p>
      {schedule.is_paused ? null : (
        <ol className="jp-Flow-fires" aria-label="next fire times">
          {fires.slice(0, 5).map(fire => {
            const { there, here } = bothZones(fire.at, schedule.tz, zone);
            return (
              <li key={fire.at}>
                <span>{there}</span>
                {here ? <span className="jp-Flow-soft">{here} here</span> : null}
                {fire.oddity ? <span className="jp-Flow-reasonInline" data-tone="warn">{fire.oddity}</span> : null}
              </li>
            );
          })}
        </ol>
      )}
    </li>
  );
}
