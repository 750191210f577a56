/** Schedules: when each fires next, on its own clock and on ours, and a way to pause it. */
import { parseTime } from '../../core/time';
import type { ScheduleView } from '../../core/wire.gen';
import { duration } from '../../core/words';
import { Button } from '../Button';
import { Empty, Skeleton } from '../Empty';
import { useNow } from '../now';
import { Fires } from './Fires';

export interface IScheduleListProps {
  /** Null while they are being asked for. */
  readonly schedules: readonly ScheduleView[] | null;
  readonly onPause: (name: string) => void;
  readonly onResume: (name: string) => void;
  readonly onChange?: ((schedule: ScheduleView) => void) | undefined;
  readonly onBackfill?: ((schedule: ScheduleView) => void) | undefined;
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
        <Empty title="Nothing is scheduled." code="%flow schedule --cron @daily">The clock beside a flow has it run by itself, and so does this in a notebook:</Empty>
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

function Schedule({ schedule, onPause, onResume, onChange, onBackfill, onRemove, zone }: { schedule: ScheduleView } & Omit<IScheduleListProps, 'schedules'>): JSX.Element {
  const now = useNow(!schedule.is_paused);
  const next = parseTime(schedule.next_fire);
  return (
    <li className="jp-Flow-schedule" data-paused={schedule.is_paused || undefined}>
      <div className="jp-Flow-rowLine">
        <strong className="jp-Flow-clip">{schedule.name}</strong>
        <span className="jp-Flow-push" />
        {schedule.is_paused
          ? <Button label={`resume ${schedule.name}`} icon="play" iconOnly onClick={() => onResume(schedule.name)} />
          : <Button label={`pause ${schedule.name}`} icon="pause" iconOnly onClick={() => onPause(schedule.name)} />}
        <Button label={`change when ${schedule.name} runs`} icon="clock" iconOnly onClick={onChange ? () => onChange(schedule) : undefined} />
        <Button label={`fill in the past of ${schedule.name}`} icon="backfill" iconOnly onClick={onBackfill ? () => onBackfill(schedule) : undefined} />
        <Button label={`unschedule ${schedule.name}`} icon="trash" iconOnly onClick={onRemove ? () => onRemove(schedule.name) : undefined} />
      </div>
      <p className="jp-Flow-soft">
        <strong>{schedule.is_paused ? 'paused' : next === null ? (schedule.on_update ? 'waits' : 'over') : `in ${duration(Math.max(0, (next - now) / 1000))}`}</strong>
        {schedule.name !== schedule.flow ? ` · runs ${schedule.flow}` : ''}
        {schedule.on_update ? <> · when <code>{schedule.on_update}</code> {/ & /.test(schedule.on_update) ? 'were' : 'was'} updated</> : null}
        {schedule.cron ? <> · <code>{schedule.cron}</code> · {schedule.tz}</> : null}{schedule.catchup !== 'none' ? ` · catches up on ${schedule.catchup}` : ''}
      </p>
      {schedule.is_paused ? null : <Fires schedule={schedule} zone={zone} />}
    </li>
  );
}
