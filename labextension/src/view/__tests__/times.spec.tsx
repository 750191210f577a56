/** Forms for times: what they ask for, what they tell while one types, where mistakes stand. */
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, describe, expect, it, vi } from 'vitest';

import type { BackfillView, ErrorView, ScheduleView } from '../../core/wire.gen';
import { backfillRequest, isOfLine, placed, planned, scheduleOf, scheduleRequest, timesOf } from '../form/asking';
import type { IRange, ISchedule } from '../form/asking';
import { BackfillForm } from '../form/BackfillForm';
import { ScheduleForm } from '../form/ScheduleForm';
import { FLOW, SCHEDULES } from './pages';

afterEach(cleanup);

const LINE = { ...FLOW, schedule: '0 6 * * 1-5', tz: 'Europe/Berlin' };
const BARE = { ...FLOW, schedule: null, tz: null };
const SCHEDULED = { ...(SCHEDULES[0] as ScheduleView), flow: FLOW.name, source: FLOW.source, name: FLOW.name };
const said: ISchedule = { cron: ' 0 7  * * * ', tz: 'UTC', name: '', catchup: '', pin: false };
const range: IRange = { cron: '@daily', tz: 'UTC', since: '2026-01-01', until: '2026-01-02', existing: 'none', parallel: ' 4', reverse: false };

function refusal(code: string, what: string, more: Partial<ErrorView> = {}): ErrorView {
  return { code, message: what, hint: 'Do so.', problems: [], ...more };
}

function plan(...actions: ('run' | 'again' | 'keep')[]): BackfillView {
  const fills = actions.map((action, at) => ({ at: `2026-01-0${at + 1}T00:00:00+00:00`, action, existing: null }));
  return { id: 'b', series: FLOW.name, fills, created: [], refusals: [] };
}

describe('what is asked', () => {
  it('of a schedule are the times that were typed, and nothing that the line says already', () => {
    expect(scheduleRequest(LINE, said, { n: 3, on: true, day: '2026-01-01', list: [1] })).toEqual({
      flow: LINE.address, name: '', pin: false, options: { schedule: '0 7 * * *', tz: 'UTC' },
      params: { n: '3', on: 'true', day: '2026-01-01', list: '[1]' }
    });
    expect(scheduleRequest(LINE, { ...said, ...timesOf(LINE, null, 'UTC') }).options).toEqual({});
  });

  it('of a backfill has a number only if one was typed', () => {
    expect(backfillRequest(FLOW, range)).toMatchObject({ since: '2026-01-01', parallel: 4, cron: '@daily' });
    expect(backfillRequest(FLOW, { ...range, parallel: '' }).parallel).toBeNull();
  });

  it.each([
    [LINE, '0  6 * * 1-5', 'Europe/Berlin', true],
    [LINE, '0 6 * * 1-5', 'UTC', false],
    [{ ...LINE, tz: null }, '0 6 * * 1-5', 'UTC', true],
    [BARE, '', 'UTC', false],
    [{ ...BARE, on_update: 'sales' }, ' ', 'UTC', true],
    [{ ...BARE, on_update: 'sales' }, '@daily', 'UTC', false],
    [{ ...LINE, on_update: 'sales' }, '', 'UTC', false]
  ])('knows whether it is what the line says', (flow, cron, tz, is) => {
    expect(isOfLine(flow, { cron, tz })).toBe(is);
  });

  it('begins with the schedule that is there, else with the line, else on the clocks here', () => {
    expect(timesOf(LINE, SCHEDULED, 'Asia/Tokyo')).toEqual({ cron: SCHEDULED.cron, tz: SCHEDULED.tz });
    expect(timesOf(LINE, null, 'Asia/Tokyo')).toEqual({ cron: '0 6 * * 1-5', tz: 'Europe/Berlin' });
    expect(timesOf(BARE, null, 'Asia/Tokyo')).toEqual({ cron: '', tz: 'Asia/Tokyo' });
  });

  it('is about the schedules of this flow only, not of another of its name', () => {
    const other = { ...SCHEDULED, source: 'other.ipynb' };
    const second = { ...SCHEDULED, name: 'second' };

    expect(scheduleOf(FLOW, [other])).toBeNull();
    expect(scheduleOf(FLOW, [other, second, SCHEDULED])).toBe(SCHEDULED);
    expect(scheduleOf(FLOW, [second, SCHEDULED], 'second')).toBe(second);
  });
});

describe('what is told', () => {
  it.each([
    [plan('run'), '1 run is made'],
    [plan('run', 'run', 'keep'), '2 runs are made, 1 run that is there is left alone'],
    [plan('again', 'again', 'keep', 'keep'), '2 runs are done again, 2 runs that are there are left alone']
  ])('of a backfill', (view, words) => {
    expect(planned(view)).toBe(words);
  });

  it('of mistakes stands where each was made', () => {
    const problem = (code: string, what: string) => ({ code, severity: 'error' as const, what, hint: 'Like so.', path: null, cell: null, line: null, column: null, end_column: null });
    const both = refusal('JF100', 'two mistakes', { problems: [problem('JF124', 'no cron'), problem('JF125', 'no zone'), problem('JF241', 'n is no number')] });

    expect(placed(both)).toEqual({ cron: 'No cron. Like so.', tz: 'No zone. Like so.', form: 'N is no number. Like so.' });
    expect(placed(refusal('JF317', 'it is taken'))).toEqual({ name: 'It is taken. Do so.' });
    expect(placed(null)).toEqual({});
  });
});

describe('the form of a schedule', () => {
  it('shows the next runs of what is typed, and what is wrong with it at its field', async () => {
    const preview = vi.fn(async ({ options = {} }) => (options['schedule'] === '@daily' ? { answer: SCHEDULED } : { error: refusal('JF124', 'no cron') }));
    render(<ScheduleForm flow={BARE} preview={preview} onSchedule={vi.fn()} zone="UTC" />);
    expect(preview).not.toHaveBeenCalled();

    fireEvent.change(screen.getByLabelText('When'), { target: { value: '0 6' } });
    expect((await screen.findByRole('alert')).textContent).toBe('No cron. Do so.');
    expect(screen.getByLabelText('When').getAttribute('aria-invalid')).toBe('true');

    fireEvent.change(screen.getByLabelText('When'), { target: { value: '@daily' } });
    const next = await screen.findByRole('list', { name: 'next fire times' });
    expect(next.querySelectorAll('li')).toHaveLength(5);
    expect(screen.queryByRole('alert')).toBeNull();
  });

  it('is sent with the times and the parameters, and not without a time', () => {
    const onSchedule = vi.fn();
    render(<ScheduleForm flow={BARE} preview={() => new Promise(() => {})} onSchedule={onSchedule} zone="UTC" />);

    fireEvent.click(screen.getByRole('button', { name: 'Schedule' }));
    expect(screen.getByRole('alert').textContent).toBe('It is needed.');
    expect(onSchedule).not.toHaveBeenCalled();

    fireEvent.click(screen.getByRole('button', { name: 'working days at 6' }));
    fireEvent.change(screen.getByLabelText(/^rows/), { target: { value: '5000' } });
    fireEvent.click(screen.getByRole('button', { name: 'Schedule' }));
    expect(onSchedule).toHaveBeenCalledWith(expect.objectContaining({ options: { schedule: '0 6 * * 1-5', tz: 'UTC' }, params: { rows: '5000' } }));
  });

  it('tells why it was refused until something else is typed', () => {
    const props = { flow: LINE, preview: () => new Promise<never>(() => {}), onSchedule: vi.fn() };
    const { rerender } = render(<ScheduleForm {...props} />);
    fireEvent.click(screen.getByRole('button', { name: 'Schedule' }));
    rerender(<ScheduleForm {...props} error={refusal('JF241', 'rows is no number')} />);
    expect(screen.getByRole('alert').textContent).toContain('Rows is no number');

    fireEvent.change(screen.getByLabelText('Time zone'), { target: { value: 'UTC' } });
    expect(screen.queryByRole('alert')).toBeNull();
  });

  it('begins with the parameters of the schedule that is there, which are texts', () => {
    const params = [
      { ...FLOW.params[0]!, name: 'rows', type: 'int' }, { ...FLOW.params[0]!, name: 'fast', type: 'bool' }, { ...FLOW.params[0]!, name: 'model', type: "Literal['a', 'b']" }
    ];
    const scheduled = { ...SCHEDULED, params: { rows: '7', fast: 'True', model: 'b' } };
    const onSchedule = vi.fn();
    render(<ScheduleForm flow={{ ...FLOW, params }} scheduled={scheduled} preview={() => new Promise(() => {})} onSchedule={onSchedule} />);
    fireEvent.click(screen.getByRole('button', { name: 'Schedule' }));

    expect(onSchedule.mock.calls[0]?.[0]).toMatchObject({ params: { rows: '7', fast: 'true', model: 'b' }, name: SCHEDULED.name });
  });

  it('says that it takes the place of a schedule that is there', () => {
    render(<ScheduleForm flow={FLOW} scheduled={SCHEDULED} names={[SCHEDULED.name]} preview={() => new Promise(() => {})} onSchedule={vi.fn()} />);

    expect(screen.getByText(/takes the place/)).toBeTruthy();
    expect((screen.getByLabelText('When') as HTMLInputElement).value).toBe(SCHEDULED.cron);
  });
});

describe('the form of a backfill', () => {
  it('tells how many runs there would be, and begins them', async () => {
    const onBackfill = vi.fn();
    render(<BackfillForm flow={LINE} days={['2026-01-01', '2026-01-03']} preview={async () => ({ answer: plan('run', 'run', 'keep') })} onBackfill={onBackfill} />);

    const button = await screen.findByRole('button', { name: 'Begin 2 runs' });
    fireEvent.click(button);

    expect(onBackfill).toHaveBeenCalledWith(expect.objectContaining({ since: '2026-01-01', until: '2026-01-03', existing: 'none' }));
  });

  it('begins nothing when there is nothing to do', async () => {
    render(<BackfillForm flow={LINE} days={['2026-01-01', '2026-01-03']} preview={async () => ({ error: refusal('JF411', 'no fire time lies there') })} onBackfill={vi.fn()} />);

    expect((await screen.findByRole('alert')).textContent).toBe('No fire time lies there. Do so.');
    expect((screen.getByRole('button', { name: 'Begin' }) as HTMLButtonElement).disabled).toBe(true);
  });
});

it('needs no times of a flow that waits for datasets', async () => {
  const onSchedule = vi.fn();
  const flow = { ...BARE, on_update: 'sales & prices' };
  const waiting: ScheduleView = { ...SCHEDULED, cron: '', upcoming: [], next_fire: null, on_update: 'sales & prices' };
  const preview = vi.fn(() => Promise.resolve({ answer: waiting }));
  render(<ScheduleForm flow={flow} preview={preview} onSchedule={onSchedule} onCancel={vi.fn()} />);

  expect(await screen.findByText('sales & prices')).toBeTruthy();
  expect(screen.queryByText(/would never run/)).toBeNull();
  fireEvent.click(screen.getByRole('button', { name: 'Schedule' }));
  expect(onSchedule).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ options: {} }));
});
