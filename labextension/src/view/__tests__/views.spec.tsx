import { cleanup, fireEvent, render, screen, within } from '@testing-library/react';
import { afterEach, expect, it, vi } from 'vitest';

import { gridOf } from '../../core/grid';
import { Grid } from '../grid/Grid';
import { FlowList } from '../lists/FlowList';
import { RunList } from '../lists/RunList';
import { ScheduleList } from '../lists/ScheduleList';
import { RunView } from '../RunView';
import { TaskPane } from '../task/TaskPane';
import { Timeline } from '../timeline/Timeline';
import { BROKEN, columnOf, FAILED, FLOW, RUNNING, SCHEDULES, SUCCEEDED } from './pages';

const nothing = (): void => undefined;

afterEach(cleanup);

it('shows how a run stands and what can be done with it', () => {
  const repair = vi.fn();
  render(<RunView page={FAILED} selected={null} onSelect={nothing} actions={{ repair }} />);
  fireEvent.click(screen.getByRole('button', { name: 'Repair' }));

  expect(screen.getByRole('heading', { name: 'churn' })).toBeTruthy();
  expect(screen.getByText("'models[2]' did not succeed")).toBeTruthy();
  expect(repair).toHaveBeenCalledOnce();
  expect(screen.queryByRole('button', { name: 'Cancel' })).toBeNull();
});

it('asks before it stops a run', () => {
  const cancel = vi.fn();
  render(<RunView page={RUNNING} selected={null} onSelect={nothing} actions={{ cancel }} />);
  fireEvent.click(screen.getByRole('button', { name: 'Cancel' }));
  expect(cancel).not.toHaveBeenCalled();
  fireEvent.click(screen.getByRole('button', { name: 'Stop the run' }));

  expect(cancel).toHaveBeenCalledWith([]);
});

it('changes its tabs with the arrow keys', () => {
  render(<RunView page={SUCCEEDED} selected={null} onSelect={nothing} />);
  const tabs = within(screen.getByRole('tablist', { name: 'views of the run' }));
  fireEvent.keyDown(tabs.getByRole('tab', { name: 'Graph' }), { key: 'ArrowLeft' });

  expect(tabs.getByRole('tab', { name: 'Values' }).getAttribute('aria-selected')).toBe('true');
  expect(screen.getByText('dropped')).toBeTruthy();
});

it('shows what went wrong, where, and opens it there', () => {
  const openSource = vi.fn();
  const page = { ...FAILED, flow: { ...FAILED.flow, tasks: FAILED.flow.tasks.map(task => ({ ...task, source: 'train.ipynb' })) } };
  render(<TaskPane page={page} selected="models[2]" onSelect={nothing} actions={{ openSource }} />);
  fireEvent.click(screen.getByRole('button', { name: 'Open source at cell 6' }));

  expect(screen.getByText('KeyError')).toBeTruthy();
  expect(screen.getByText('in cell 6, line 2')).toBeTruthy();
  expect(openSource).toHaveBeenCalledWith('train.ipynb', 6, expect.any(String));
});

it('lets the earlier attempts be looked at', () => {
  const onWatch = vi.fn();
  render(<TaskPane page={FAILED} selected="models[1]" onSelect={nothing} onWatch={onWatch} />);
  fireEvent.click(screen.getByRole('radio', { name: /^1 failed/ }));
  expect(screen.getByText('ConnectionError')).toBeTruthy();
  fireEvent.click(screen.getByRole('tab', { name: 'Log' }));

  expect(onWatch).toHaveBeenLastCalledWith(expect.objectContaining({ task: 'models', index: 1, number: 1 }));
});

it('tells the host when the log is looked at no more', () => {
  const onWatch = vi.fn();
  const { unmount } = render(<TaskPane page={SUCCEEDED} selected="clean" onSelect={nothing} onWatch={onWatch} />);
  fireEvent.click(screen.getByRole('tab', { name: 'Log' }));
  unmount();

  expect(onWatch).toHaveBeenLastCalledWith(null);
});

it('lists the instances of a mapped task, and those in one state', () => {
  const onSelect = vi.fn();
  render(<TaskPane page={FAILED} selected="models" onSelect={onSelect} />);
  expect(within(screen.getByRole('list')).getAllByRole('button')).toHaveLength(3);
  fireEvent.click(screen.getByRole('button', { name: 'failed 1' }));
  fireEvent.click(screen.getByRole('button', { name: /model=boost/ }));

  expect(onSelect).toHaveBeenCalledWith('models[2]');
});

it('draws a bar for each attempt', () => {
  const onSelect = vi.fn();
  render(<Timeline page={FAILED} selected={null} onSelect={onSelect} />);
  fireEvent.click(screen.getByRole('button', { name: /^models\[2\]: failed, .* 3 attempts$/ }));

  expect(document.querySelectorAll('.jp-Flow-bar[data-kind=ended]').length).toBeGreaterThan(8);
  expect(onSelect).toHaveBeenCalledWith('models[2]');
});

it('folds the instances of a mapped task when they are many', () => {
  const [first] = FAILED.task_runs.filter(run => run.task === 'models');
  const many = Array.from({ length: 30 }, (_, index) => ({ ...first, index }) as (typeof FAILED.task_runs)[number]);
  const page = { ...FAILED, task_runs: [...FAILED.task_runs.filter(run => run.task !== 'models'), ...many] };
  render(<Timeline page={page} selected={null} onSelect={nothing} />);
  expect(screen.queryByRole('button', { name: /^models\[1\]/ })).toBeNull();
  fireEvent.click(screen.getByRole('button', { name: 'the 30 instances of models' }));

  expect(screen.getByRole('button', { name: /^models\[1\]/ })).toBeTruthy();
});

it('walks the grid with the arrow keys', () => {
  const onTask = vi.fn();
  render(<Grid grid={gridOf([FAILED, SUCCEEDED].map(columnOf), FAILED.flow.tasks.map(each => each.name))} run={SUCCEEDED.run.id} task={null} onRun={nothing} onTask={onTask} />);
  const start = screen.getByRole('button', { name: `extract in run ${SUCCEEDED.run.id}: succeeded` });
  fireEvent.keyDown(start, { key: 'ArrowLeft' });
  fireEvent.click(document.activeElement as Element);

  expect(onTask).toHaveBeenCalledWith(FAILED.run.id, 'extract');
});

it('narrows the list of runs by state and by text', () => {
  render(<RunList runs={[FAILED.run, SUCCEEDED.run]} onOpen={nothing} />);
  fireEvent.click(screen.getByRole('button', { name: 'failed 1' }));
  expect(screen.getAllByRole('listitem')).toHaveLength(1);
  fireEvent.change(screen.getByRole('searchbox'), { target: { value: 'no such' } });

  expect(screen.getByText('No run fits.')).toBeTruthy();
});

it('says what to type where there is nothing', () => {
  render(<><RunList runs={[]} onOpen={nothing} /><FlowList flows={[]} onOpen={nothing} /><ScheduleList schedules={[]} onPause={nothing} onResume={nothing} /></>);

  expect(screen.getByText(/%flow run/)).toBeTruthy();
  expect(screen.getByText(/%%flow nightly/)).toBeTruthy();
  expect(screen.getByText(/%flow schedule/)).toBeTruthy();
});

it('does not let a flow with errors run', () => {
  render(<FlowList flows={[FLOW, BROKEN]} onOpen={nothing} onRun={nothing} />);

  expect(screen.getByRole<HTMLButtonElement>('button', { name: 'run broken' }).disabled).toBe(true);
  expect(screen.getByRole<HTMLButtonElement>('button', { name: 'run churn' }).disabled).toBe(false);
  expect(screen.getByText(/no notebook is tagged/)).toBeTruthy();
});

it('tells fire times on both clocks', () => {
  const onPause = vi.fn();
  render(<ScheduleList schedules={SCHEDULES} onPause={onPause} onResume={nothing} zone="Europe/Berlin" />);
  fireEvent.click(screen.getByRole('button', { name: 'pause churn' }));
  const [first] = screen.getAllByText(/ 06:30 /);

  expect(first?.parentElement?.textContent).toMatch(/ 2[23]:30 C.*T here$/);
  expect(onPause).toHaveBeenCalledWith('churn');
});

it('stops what still cleans up after a run that is being cancelled, if somebody wants that', () => {
  const cancel = vi.fn();
  const [first, ...rest] = RUNNING.flow.tasks;
  const stopping = { ...RUNNING, run: { ...RUNNING.run, state: 'cancelling' } };
  const tidy = { ...stopping, flow: { ...RUNNING.flow, tasks: first ? [{ ...first, rules: ['teardown'] }, ...rest] : [] } };
  const { rerender } = render(<RunView page={stopping} selected={null} onSelect={nothing} actions={{ cancel }} />);
  expect(screen.getByRole('button', { name: 'Cancel' }).hasAttribute('disabled')).toBe(true);

  rerender(<RunView page={tidy} selected={null} onSelect={nothing} actions={{ cancel }} />);
  fireEvent.click(screen.getByRole('button', { name: 'Cancel' }));
  fireEvent.click(screen.getByRole('button', { name: 'Stop the run' }));
  expect(cancel).toHaveBeenCalledWith([]);
});
