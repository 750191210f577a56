/** The forms that schedule a flow, and fill in its past, as dialogs. */
import { Notification } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';

import { asErrorView } from '../api/errors';
import type { FlowView, ScheduleView } from '../core/wire.gen';
import type { IFlows } from '../tokens';
import { scheduleOf } from '../view/form/asking';
import type { Answered } from '../view/form/asking';
import { BackfillForm } from '../view/form/BackfillForm';
import { ScheduleForm } from '../view/form/ScheduleForm';
import { openForm } from './formDialog';

/** So many days are filled at first. */
const DAYS = 7;

/** Ask when *flow* is to run, beginning with its schedule of that *name*, and schedule it. */
export async function askForSchedule(flow: FlowView, name: string | null, flows: IFlows, trans: TranslationBundle): Promise<void> {
  const { client, schedules } = flows;
  const all = await client.schedules();
  const names = all.filter(each => isOf(flow, each)).map(each => each.name);
  openForm(trans.__('Schedule %1', flow.name), ({ error, isBusy, send, cancel }) => (
    <ScheduleForm
      flow={flow}
      scheduled={scheduleOf(flow, all, name ?? undefined)}
      names={names}
      error={error}
      isBusy={isBusy}
      preview={request => answered(client.schedule({ ...request, dry_run: true }))}
      onSchedule={request => send(async () => {
        await client.schedule(request);
        void schedules.refresh();
      })}
      onCancel={cancel}
    />
  ));
}

/** Ask which times of *flow* are to be filled, and begin. */
export async function askForBackfill(flow: FlowView, name: string | null, flows: IFlows, trans: TranslationBundle): Promise<void> {
  const { client } = flows;
  const scheduled = scheduleOf(flow, await client.schedules(), name ?? undefined);
  openForm(trans.__('Fill in the past of %1', flow.name), ({ error, isBusy, send, cancel }) => (
    <BackfillForm
      flow={flow}
      scheduled={scheduled}
      days={[day(DAYS), day(0)]}
      error={error}
      isBusy={isBusy}
      preview={request => answered(client.backfill({ ...request, dry_run: true }))}
      onBackfill={request => send(async () => {
        const { created, refusals, fills } = await client.backfill(request);
        const again = fills.filter(each => each.action === 'again').length - refusals.length;
        Notification.info(trans._n('One run of %2 is queued', '%1 runs of %2 are queued', created.length + Math.max(0, again), flow.name), { autoClose: 5000 });
        refusals.forEach(each => Notification.warning(each, { autoClose: false }));
      })}
      onCancel={cancel}
    />
  ));
}

function isOf(flow: FlowView, schedule: ScheduleView): boolean {
  return schedule.flow === flow.name && schedule.source === flow.source;
}

/** The day so many days ago, on the calendar here: `2026-01-31`. */
function day(ago: number): string {
  const moment = new Date();
  moment.setDate(moment.getDate() - ago);
  const two = (number: number): string => String(number).padStart(2, '0');
  return `${moment.getFullYear()}-${two(moment.getMonth() + 1)}-${two(moment.getDate())}`;
}

async function answered<T>(asking: Promise<T>): Promise<Answered<T>> {
  try {
    return { answer: await asking };
  } catch (error) {
    return { error: asErrorView(error) };
  }
}
