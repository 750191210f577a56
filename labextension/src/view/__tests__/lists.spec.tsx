/** The lists of the side bar: what tells flows apart, and what does not move. */
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, expect, it, vi } from 'vitest';

import { at, attempt, page, run, taskRun } from '../../core/__tests__/samples';
import { FlowList } from '../lists/FlowList';
import { RunList } from '../lists/RunList';
import { ScheduleList } from '../lists/ScheduleList';
import { RunHeader } from '../RunHeader';
import { FLOW, SCHEDULES } from './pages';

afterEach(cleanup);

const nothing = (): void => undefined;

it('tells the notebooks of flows that have one name', () => {
  const flows = ['a', 'b'].map(each => ({ ...FLOW, source: `${each}.ipynb`, address: `${each}.ipynb::${FLOW.name}` }));
  render(<FlowList flows={[...flows, { ...FLOW, name: 'other', source: 'c.ipynb', address: 'c' }]} onOpen={nothing} />);

  expect(['a.ipynb', 'b.ipynb', 'c.ipynb'].map(each => screen.queryByText(each) !== null)).toEqual([true, true, false]);
  expect(screen.getByTitle('other, in c.ipynb')).toBeTruthy();
});

it('schedules a flow from its row', () => {
  const onSchedule = vi.fn();
  render(<FlowList flows={[FLOW]} onOpen={nothing} onSchedule={onSchedule} />);
  fireEvent.click(screen.getByRole('button', { name: `schedule ${FLOW.name}` }));

  expect(onSchedule).toHaveBeenCalledWith(FLOW);
});

it('has the states of runs in one order, whichever comes first', () => {
  const states = ['failed', 'running', 'unheard_of', 'queued'];
  const shown = (order: readonly string[]): (string | null)[] => {
    const { unmount } = render(<RunList runs={order.map((state, id) => run({ id: `r${id}`, state }))} onOpen={nothing} />);
    const chips = screen.getAllByRole('button', { pressed: false }).map(each => each.textContent);
    unmount();
    return chips;
  };

  expect(shown(states)).toEqual(shown([...states].reverse()));
  expect(shown(states).map(each => /queued|running|failed|unheard of/.exec(each ?? '')?.[0])).toEqual(['queued', 'running', 'failed', 'unheard of']);
});

it('offers older runs where there are some, also when none of these fits', () => {
  const onOlder = vi.fn();
  const { rerender } = render(<RunList runs={[run({ id: 'r1' })]} onOpen={nothing} onOlder={onOlder} />);
  fireEvent.change(screen.getByRole('searchbox'), { target: { value: 'no such run' } });
  fireEvent.click(screen.getByRole('button', { name: 'Show older runs' }));
  rerender(<RunList runs={[run({ id: 'r1' })]} onOpen={nothing} onOlder={null} />);

  expect(onOlder).toHaveBeenCalledOnce();
  expect(screen.queryByRole('button', { name: 'Show older runs' })).toBeNull();
});

it('offers to change a schedule, to fill in its past and to take it away', () => {
  const [schedule] = SCHEDULES;
  const [onChange, onBackfill, onRemove] = [vi.fn(), vi.fn(), vi.fn()];
  render(<ScheduleList schedules={SCHEDULES} onPause={nothing} onResume={nothing} onChange={onChange} onBackfill={onBackfill} onRemove={onRemove} />);
  ['change when churn runs', 'fill in the past of churn', 'unschedule churn'].forEach(name => fireEvent.click(screen.getByRole('button', { name })));

  expect([onChange, onBackfill, onRemove].map(each => each.mock.calls[0]?.[0])).toEqual([schedule, schedule, 'churn']);
});

it('counts a repaired run from its first beginning, and tells the last stretch beside it', () => {
  const tried = [attempt(1, { started_at: at(0) }), attempt(2, { started_at: at(80) })];
  const repaired = { ...page([taskRun('train', 'succeeded', { attempts: tried })]), run: run({ state: 'succeeded', started_at: at(80), ended_at: at(90) }) };
  render(<RunHeader page={repaired} />);

  expect(screen.getByText('in 1 min 30 s · again in 10 s').title).toMatch(/^began .*; opened again .*$/);
});
