/** What the forms for times ask of the server, and where on them its errors belong. Pure. */
import type { BackfillRequest, BackfillView, ErrorView, FlowView, ScheduleRequest, ScheduleView } from '../../core/wire.gen';
import { count } from '../../core/words';
import { written } from './fields';

/** What the server said, one way or the other. */
export type Answered<T> = { readonly answer: T } | { readonly error: ErrorView };

export interface ITimes {
  readonly cron: string;
  readonly tz: string;
}

/** What is said about a schedule beside its parameters. */
export interface ISchedule extends ITimes {
  /** Empty: as the flow. */
  readonly name: string;
  /** Empty: as the flow's line says. */
  readonly catchup: string;
  readonly pin: boolean;
}

export interface IRange extends ITimes {
  readonly since: string;
  readonly until: string;
  readonly existing: NonNullable<BackfillRequest['existing']>;
  /** As it was typed; empty: as usual. */
  readonly parallel: string;
  readonly reverse: boolean;
}

/** The schedule that is there of a flow: the one of its name, else the first. */
export function scheduleOf(flow: FlowView, schedules: readonly ScheduleView[], name = flow.name): ScheduleView | null {
  const ours = schedules.filter(each => each.flow === flow.name && each.source === flow.source);
  return ours.find(each => each.name === name) ?? ours[0] ?? null;
}

/** When a flow runs by itself: as it is scheduled, else as its line says, else nothing yet, on the clock `here`. */
export function timesOf(flow: FlowView, scheduled: ScheduleView | null, here: string): ITimes {
  if (scheduled) {
    return { cron: scheduled.cron, tz: scheduled.tz };
  }
  return { cron: flow.schedule ?? '', tz: flow.tz ?? (flow.schedule ? 'UTC' : here) };
}

/** Whether these are the times of the flow's line: then a schedule follows what becomes of the line. */
export function isOfLine(flow: FlowView, { cron, tz }: ITimes): boolean {
  const isByUpdates = Boolean(flow.on_update) && flow.schedule === null;
  if (isByUpdates && cron.trim() === '') {
    return true;
  }
  return flow.schedule !== null && plain(cron) === plain(flow.schedule) && tz.trim() === (flow.tz ?? 'UTC');
}

export function scheduleRequest(flow: FlowView, said: ISchedule, params: Readonly<Record<string, unknown>> = {}): ScheduleRequest {
  const times: Record<string, string> = isOfLine(flow, said) ? {} : { schedule: plain(said.cron), tz: said.tz.trim() };
  return {
    flow: flow.address,
    name: said.name.trim(),
    options: said.catchup ? { ...times, catchup: said.catchup } : times,
    params: asTexts(params),
    pin: said.pin
  };
}

export function backfillRequest(flow: FlowView, said: IRange, params: Readonly<Record<string, unknown>> = {}): BackfillRequest {
  const { since, until, existing, reverse, parallel } = said;
  return {
    flow: flow.address, since, until, existing, reverse,
    parallel: parallel.trim() === '' ? null : Number(parallel),
    cron: plain(said.cron),
    tz: said.tz.trim(),
    params: asTexts(params)
  };
}

/** Values as somebody would type them after a command. */
function asTexts(params: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(Object.entries(params).map(([name, value]) => [name, value === null ? 'null' : written(value)]));
}

function plain(cron: string): string {
  return cron.trim().split(/\s+/).join(' ');
}

/** What a backfill would do, in words: `8 runs are made, 2 that are there are left alone`. */
export function planned({ fills }: BackfillView): string {
  const number = (action: string): number => fills.filter(each => each.action === action).length;
  const are = (many: number): string => (many === 1 ? 'is' : 'are');
  const [made, again, kept] = [number('run'), number('again'), number('keep')];
  return [
    made ? `${count(made, 'run')} ${are(made)} made` : '',
    again ? `${count(again, 'run')} ${are(again)} done again` : '',
    kept ? `${count(kept, 'run')} that ${are(kept)} there ${are(kept)} left alone` : ''
  ].filter(Boolean).join(', ');
}

/** How many runs a backfill sets going. */
export function howMany({ fills }: BackfillView): number {
  return fills.filter(each => each.action !== 'keep').length;
}

/** The parts of a form at which an error can be shown. */
export type Place = 'cron' | 'tz' | 'name' | 'range' | 'form';

const PLACES: Readonly<Record<string, Place>> = { JF124: 'cron', JF125: 'tz', JF407: 'cron', JF317: 'name', JF421: 'range', JF411: 'range' };

/** What is wrong, by where it is shown: each of the problems of a flow, else the error itself. */
export function placed(error: ErrorView | null | undefined): Partial<Record<Place, string>> {
  const found: Partial<Record<Place, string>> = {};
  if (error) {
    const problems = error.problems?.length ? error.problems : [{ code: error.code, what: error.message, hint: error.hint }];
    for (const { code, what, hint } of problems) {
      const place = PLACES[code] ?? 'form';
      found[place] = [found[place], `${what.charAt(0).toUpperCase()}${what.slice(1)}.`, hint].filter(Boolean).join(' ');
    }
  }
  return found;
}
