// @vitest-environment node
import { expect, it } from 'vitest';

import { bothZones, clock, parseTime, seconds, zoned } from '../time';
import { at, NOON } from './samples';

it.each([
  ['2026-01-31T12:00:00+00:00', 'Europe/Berlin', '2026-01-31 13:00 '],
  ['2026-07-31T12:00:00.123456+00:00', 'Europe/Berlin', '2026-07-31 14:00 '],
  ['2026-01-31T23:30:00+00:00', 'Asia/Tokyo', '2026-02-01 08:30 '],
  ['2026-01-31T00:10:00+00:00', 'UTC', '2026-01-31 00:10 UTC']
])('%s in %s is %s', (text, zone, shown) => {
  expect(zoned(text, zone).startsWith(shown)).toBe(true);
});

it('what is no time, or none, is shown as nothing', () => {
  expect([parseTime(null), parseTime('soon'), zoned(null), zoned('soon', 'UTC')]).toEqual([null, null, '', '']);
});

it('a zone that the browser does not know is shown in UTC', () => {
  expect(zoned(NOON, 'Mars/Olympus')).toBe('2026-01-31 12:00 UTC');
});

it('both zones are shown when they show different times', () => {
  expect(bothZones(NOON, 'UTC', 'UTC')).toEqual({ there: 'Sat 2026-01-31 12:00 UTC', here: '' });
  expect(bothZones(NOON, 'Asia/Tokyo', 'UTC').here).toBe('12:00 UTC');
  expect(bothZones(at(3600 * 6), 'Asia/Tokyo', 'UTC')).toEqual({ there: expect.stringContaining('Sun 2026-02-01 03:00'), here: 'Sat 2026-01-31 18:00 UTC' });
});

it('the time of day has its seconds', () => {
  expect(clock(Date.parse(NOON) + 7000, 'UTC')).toBe('12:00:07');
});

it('a span goes to its end, or to now while it goes on, and never below nothing', () => {
  const now = Date.parse(at(90));

  expect(seconds(NOON, at(30), now)).toBe(30);
  expect(seconds(NOON, null, now)).toBe(90);
  expect(seconds(null, null, now)).toBeNull();
  expect(seconds(at(100), null, now)).toBe(0);
});
