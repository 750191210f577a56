import { cleanup, fireEvent, render, screen, within } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { RunPage, TaskRunView, TaskView } from '../../core/wire.gen';
import { facesOf } from '../faces';
import { criticalPath } from '../graph/critical';
import { Graph } from '../graph/Graph';
import { linesOf, paintBoxes } from '../graph/paint';
import type { IPalette, IPicture } from '../graph/paint';
import { placesOf } from '../graph/places';
import { spotAt } from '../graph/sight';
import { TaskPane } from '../task/TaskPane';
import { Timeline } from '../timeline/Timeline';
import { SUCCEEDED } from './pages';

const nothing = (): void => undefined;
const COUNT = 4000;

/** So many tasks, one before all others and one after them; the tenth failed. */
function wide(count: number): RunPage {
  const [task, run] = [SUCCEEDED.flow.tasks[0] as TaskView, SUCCEEDED.task_runs[0] as TaskRunView];
  const names = Array.from({ length: count }, (_, at) => `t${at}`);
  const inner = names.slice(1, -1);
  const upstream = (at: number): string[] => (at === 0 ? [] : at === count - 1 ? inner : ['t0']);
  const state = (at: number): string => (at === 10 ? 'failed' : at === count - 1 ? 'upstream_failed' : 'succeeded');
  return {
    ...SUCCEEDED,
    flow: { ...SUCCEEDED.flow, groups: [], tasks: names.map((name, at) => ({ ...task, name, upstream: upstream(at) })) },
    task_runs: names.map((name, at) => ({ ...run, task: name, index: null, state: state(at) }))
  };
}

const PAGE = wide(COUNT);
const PALETTE: IPalette = { tones: { quiet: 'quiet', active: 'active', good: 'good', warn: 'warn', bad: 'bad' }, line: 'line', ink: 'ink', paper: 'paper' };

function pictureOf(page: RunPage, said: Partial<IPicture> = {}): IPicture {
  const { tasks } = page.flow;
  return { places: placesOf(tasks, 'LR', 188, 46), tasks, faces: facesOf(page), matches: null, critical: new Set(), chosen: null, ...said };
}

/** The colours of the boxes, with how strong they are, in the order in which they are painted. */
function painted(picture: IPicture): string[] {
  const told: string[] = [];
  const context = {
    fillStyle: '', globalAlpha: 1, strokeStyle: '', lineWidth: 1,
    fillRect: () => told.push(`${context.fillStyle} ${context.globalAlpha}`),
    strokeRect: () => told.push(`ring ${context.strokeStyle}`)
  };
  const { width, height } = picture.places;
  const zoom = 1000 / Math.max(width, height);
  paintBoxes(context as unknown as CanvasRenderingContext2D, picture, { left: 0, top: 0, zoom, width: width * zoom, height: height * zoom }, PALETTE);
  return told;
}

beforeEach(() => {
  vi.spyOn(HTMLElement.prototype, 'offsetWidth', 'get').mockReturnValue(1600);
  vi.spyOn(HTMLElement.prototype, 'offsetHeight', 'get').mockReturnValue(800);
  vi.spyOn(HTMLCanvasElement.prototype, 'getContext').mockReturnValue(null);
});

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

describe('a graph of thousands', () => {
  it('is painted, each box once and what failed above all others', () => {
    const told = painted(pictureOf(PAGE));

    expect(told.filter(each => each !== 'paper 1')).toHaveLength(COUNT);
    expect(told.at(-1)).toBe('bad 1');
  });

  it('shows what is found, and what is chosen', () => {
    const told = painted(pictureOf(PAGE, { matches: new Set(['t7']), chosen: 't8' }));

    expect(told.filter(each => each === 'good 1')).toHaveLength(1);
    expect(told.filter(each => each === 'good 0.2')).toHaveLength(COUNT - 3);
    expect(told.at(-1)).toBe('ring active');
  });

  it('has all edges, those of what is chosen apart', () => {
    const lines = linesOf(pictureOf(PAGE, { chosen: 't10' }));

    expect([...lines.values()].flat()).toHaveLength(2 * (COUNT - 2));
    expect(lines.get('marked')?.map(({ from, to }) => `${from.id} ${to.id}`)).toEqual(['t0 t10', `t10 t${COUNT - 1}`]);
  });

  it('knows what is drawn where', () => {
    const { places } = pictureOf(PAGE);
    const spot = places.walk.spots.get('t77');

    expect(spot && spotAt(places, spot.x + 5, spot.y + 5)?.id).toBe('t77');
    expect(spot && spotAt(places, spot.x - 7, spot.y - 5, 8)?.id).toBe('t77');
    expect(spotAt(places, -50, -50)).toBeUndefined();
  });

  it('is no page of thousands of elements, and is reached with the keyboard all the same', async () => {
    render(<Graph page={PAGE} selected={null} onSelect={nothing} />);
    const first = await screen.findByRole('button', { name: /^Task t0:/, hidden: true });
    expect(document.querySelectorAll('.jp-Flow-node').length).toBeLessThan(400);
    fireEvent.keyDown(first, { key: 'ArrowRight' });

    expect(document.activeElement?.getAttribute('aria-label')).toMatch(/^Task t\d+: .* Waits for t0\.$/);
  });

  it('has a critical path, however long its chains are', () => {
    const [task, run] = [SUCCEEDED.flow.tasks[0] as TaskView, SUCCEEDED.task_runs[0] as TaskRunView];
    const names = Array.from({ length: 20_000 }, (_, at) => `c${at}`).reverse();
    const tasks = names.map((name, at) => ({ ...task, name, upstream: names.slice(at + 1, at + 2) }));
    const page = { ...SUCCEEDED, flow: { ...SUCCEEDED.flow, tasks }, task_runs: names.map(name => ({ ...run, task: name })) };

    expect(criticalPath(facesOf(page), Date.now()).size).toBe(20_000);
  });
});

it('a task that waits for thousands lists those first that did not go well', () => {
  render(<TaskPane page={PAGE} selected={`t${COUNT - 1}`} onSelect={nothing} />);
  const listed = within(screen.getByRole('heading', { name: 'Waits for' }).parentElement as HTMLElement);

  expect(listed.getAllByRole('button')).toHaveLength(50);
  expect(listed.getAllByRole('button')[0]?.textContent).toContain('t10');
  expect(listed.getByText(`and ${COUNT - 2 - 50} more`)).toBeTruthy();
});

it('a time line of many tasks is searched, by name and by state', () => {
  const onSelect = vi.fn();
  render(<Timeline page={PAGE} selected={null} onSelect={onSelect} />);
  fireEvent.click(screen.getByRole('button', { name: 'failed 1' }));
  expect(document.querySelectorAll('.jp-Flow-timeRow')).toHaveLength(1);
  fireEvent.click(screen.getByRole('button', { name: 'failed 1' }));
  fireEvent.change(screen.getByRole('searchbox'), { target: { value: 't3999' } });
  fireEvent.click(screen.getByRole('button', { name: /^t3999:/ }));

  expect(onSelect).toHaveBeenCalledWith('t3999');
});

it('a time line joins what would hide each other, and says how much it is', () => {
  const [task, run] = [SUCCEEDED.flow.tasks[0] as TaskView, SUCCEEDED.task_runs[0] as TaskRunView];
  const tasks = [{ ...task, is_mapped: true, upstream: [] }];
  const page = { ...SUCCEEDED, flow: { ...SUCCEEDED.flow, tasks }, task_runs: Array.from({ length: 500 }, (_, index) => ({ ...run, task: task.name, index })) };
  render(<Timeline page={page} selected={null} onSelect={nothing} />);

  expect([...document.querySelectorAll('.jp-Flow-bar')].map(bar => (bar as HTMLElement).title.split(':')[0])).toEqual(['500 attempts, succeeded']);
});
