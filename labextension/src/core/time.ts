/**
 * Moments as people read them, in their own zone and in that of a schedule.
 *
 * Never asks for the time: `now` (milliseconds) is an argument. How long something took is said
 * by `duration` and `ago` in `words.ts`.
 */

/** The milliseconds of an ISO text; null for none, and for what is no time. */
export function parseTime(text: string | null | undefined): number | null {
  const moment = text ? Date.parse(text) : NaN;
  return Number.isNaN(moment) ? null : moment;
}

/** The seconds from `start` to `end`, or to `now` while it goes on; null before it began. */
export function seconds(start: string | null, end: string | null, now: number): number | null {
  const from = parseTime(start);
  return from === null ? null : Math.max(0, ((parseTime(end) ?? now) - from) / 1000);
}

/** A moment on the clock of a zone: `2026-01-31 06:00 CET`. Without a zone: on the clock here. */
export function zoned(text: string | null, zone?: string): string {
  const moment = parseTime(text);
  if (moment === null) {
    return '';
  }
  const part = partsOf(moment, zone);
  return `${part.year}-${part.month}-${part.day} ${part.hour}:${part.minute} ${part.timeZoneName}`;
}

/** The time of day on the clock here: `06:00:07`. */
export function clock(moment: number, zone?: string): string {
  const part = partsOf(moment, zone);
  return `${part.hour}:${part.minute}:${part.second}`;
}

/** So long is the day: `Sat 2026-01-31 `. */
const DAY = 15;

/** With the day of the week: `Sat 2026-01-31 06:00 CET`. */
function onItsDay(text: string | null, zone?: string): string {
  const moment = parseTime(text);
  return moment === null ? '' : `${partsOf(moment, zone).weekday} ${zoned(text, zone)}`;
}

export interface IBothZones {
  /** On the clock of the schedule. */
  readonly there: string;
  /** On the clock of who looks, without the day if it is the same; empty when it shows the same time. */
  readonly here: string;
}

/** A moment on the clock of `zone`, and on that of who looks (`own`, or the browser's). */
export function bothZones(text: string | null, zone: string, own?: string): IBothZones {
  const [there, here] = [onItsDay(text, zone), onItsDay(text, own)];
  const [day, ownDay] = [there, here].map(each => each.slice(0, DAY));
  return { there, here: here === there ? '' : day === ownDay ? here.slice(DAY) : here };
}

type Part = 'weekday' | 'year' | 'month' | 'day' | 'hour' | 'minute' | 'second' | 'timeZoneName';

function partsOf(moment: number, zone: string | undefined): Record<Part, string> {
  const parts = formatOf(zone).formatToParts(moment);
  return Object.fromEntries(parts.map(each => [each.type, each.value])) as Record<Part, string>;
}

const formats = new Map<string | undefined, Intl.DateTimeFormat>();

function formatOf(zone: string | undefined): Intl.DateTimeFormat {
  const format = formats.get(zone) ?? newFormat(zone);
  formats.set(zone, format);
  return format;
}

function newFormat(zone: string | undefined): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat('en-GB', {
      timeZone: zone,
      hourCycle: 'h23',
      weekday: 'short',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      timeZoneName: 'short'
    });
  } catch (error) {
    if (error instanceof RangeError && zone !== 'UTC') {
      return newFormat('UTC'); // a zone that this browser does not know
    }
    throw error;
  }
}
