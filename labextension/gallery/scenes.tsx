/** What the gallery shows: each view in the states that matter. */
import { useState } from 'react';

import type { FlowView, RunPage, ScheduleView } from '../src/core/wire.gen';
import type { IRunActions } from '../src/view/actions';
import { RunForm } from '../src/view/form/RunForm';
import { FlowList } from '../src/view/lists/FlowList';
import { RunList } from '../src/view/lists/RunList';
import { ScheduleList } from '../src/view/lists/ScheduleList';
import type { IOtherRuns } from '../src/view/others';
import { columnOf } from '../src/view/__tests__/pages';
import { RunView } from '../src/view/RunView';
import type { RunTab } from '../src/view/RunView';
import failed from '../test/fixtures/failed.json';
import flow from '../test/fixtures/flow.json';
import broken from '../test/fixtures/flow_with_problems.json';
import running from '../test/fixtures/running.json';
import schedules from '../test/fixtures/schedules.json';
import succeeded from '../test/fixtures/succeeded.json';
import log from '../test/fixtures/train.log';
import { madePage } from './made';

const nothing = (): void => undefined;
const ACTIONS: IRunActions = {
  cancel: nothing, repair: nothing, clear: nothing, mark: nothing, again: nothing, openNotebook: nothing, openSource: nothing, openFlow: nothing
};
const now = Date.now();

/** A real run that was going on, moved to the present. */
function present(page: RunPage): RunPage {
  const begun = Date.parse(page.run.started_at ?? '');
  const shift = now - begun - 4000;
  return JSON.parse(JSON.stringify(page), (key, value: unknown) =>
    typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value) && key !== 'logical_date' ? new Date(Date.parse(value) + shift).toISOString() : value
  ) as RunPage;
}

const PAGES: Readonly<Record<string, () => RunPage>> = {
  failed: () => failed as unknown as RunPage,
  running: () => present(running as unknown as RunPage),
  succeeded: () => succeeded as unknown as RunPage,
  forty: () => madePage(40, now),
  grouped: () => {
    const page = failed as unknown as RunPage;
    const groups = [
      { name: 'prepare', tasks: ['extract', 'clean', 'features'], parent: null },
      { name: 'learn', tasks: ['models'], parent: null },
      { name: 'judge', tasks: ['evaluate'], parent: 'learn' }
    ];
    return { ...page, flow: { ...page.flow, groups } };
  },
  large: () => {
    const page = madePage(90, now);
    const names = page.flow.tasks.map(task => task.name);
    const groups = [
      { name: 'ingest', tasks: names.slice(0, 12), parent: null },
      { name: 'crunch', tasks: names.slice(12, 56), parent: null },
      { name: 'publish', tasks: names.slice(56, 78), parent: null }
    ];
    return { ...page, flow: { ...page.flow, address: 'large', groups } };
  },
  thousand: () => madePage(1000, now),
  three: () => {
    const page = succeeded as unknown as RunPage;
    const names = ['extract', 'clean', 'features'];
    return { ...page, flow: { ...page.flow, tasks: page.flow.tasks.filter(task => names.includes(task.name)) }, task_runs: page.task_runs.filter(each => names.includes(each.task)) };
  }
};

function history(size: number, runs: number): RunPage[] {
  return Array.from({ length: runs }, (_, at) => {
    const page = madePage(size, now - (runs - at) * 86_400_000, at === runs - 1 ? 0.7 : 1.1, at + 3);
    const isBad = page.task_runs.some(each => each.state === 'failed');
    const spent = 200_000 + ((at * 7919) % 400) * 1000;
    return { ...page, run: {
      ...page.run, id: `run-${at}`, started_at: at === runs - 1 ? new Date(now - 180_000).toISOString() : page.run.started_at, state: at === runs - 1 ? 'running' : isBad ? 'failed' : 'succeeded',
      ended_at: at === runs - 1 ? null : new Date(Date.parse(page.run.started_at ?? '') + spent).toISOString()
    } };
  });
}

function othersIn(pages: readonly RunPage[]): IOtherRuns {
  return {
    runs: () => Promise.resolve([...pages].reverse().map(page => page.run)),
    grid: () => Promise.resolve([...pages].reverse().map(columnOf)),
    pages: ids => Promise.resolve(pages.filter(page => ids.includes(page.run.id))),
    past: (_flow, task) => Promise.resolve([...pages].reverse().map(page => ({ run: page.run, task_runs: page.task_runs.filter(each => each.task === task) }))),
    open: nothing,
    compare: nothing
  };
}

/** What is no page of a run. */
function Other({ name }: { name: string }): JSX.Element | null {
  switch (name) {
    case 'runs':
      return <div style={{ width: 320, height: '100%' }}><RunList runs={history(40, 30).reverse().map(page => page.run)} selected="run-40" onOpen={nothing} /></div>;
    case 'empty':
      return <div style={{ display: 'flex', height: '100%' }}><RunList runs={[]} onOpen={nothing} /><FlowList flows={[]} onOpen={nothing} /><ScheduleList schedules={[]} onPause={nothing} onResume={nothing} /><RunList runs={null} onOpen={nothing} /></div>;
    case 'lists':
      return (
        <div style={{ display: 'flex', height: '100%' }}>
          <FlowList flows={[flow as unknown as FlowView, broken as unknown as FlowView]} onOpen={nothing} onRun={nothing} />
          <ScheduleList schedules={[...(schedules as unknown as ScheduleView[]), { ...(schedules as unknown as ScheduleView[])[0], name: 'paused', is_paused: true } as ScheduleView]} onPause={nothing} onResume={nothing} onRemove={nothing} zone="Europe/Berlin" />
          <RunForm flow={FORM} onStart={nothing} onCancel={nothing} />
        </div>
      );
    default:
      return null;
  }
}

const FORM: FlowView = {
  ...(flow as unknown as FlowView),
  params: ([
    { name: 'day', type: 'date', default: '2026-03-01', is_required: false, help: 'the day to read' },
    { name: 'rows', type: 'int', default: 2000, is_required: false, help: '' },
    { name: 'rate', type: 'float', default: null, is_required: true, help: 'the learning rate' },
    { name: 'fast', type: 'bool', default: true, is_required: false, help: '' },
    { name: 'model', type: "Literal['logit', 'forest']", default: 'logit', is_required: false, help: '' },
    { name: 'models', type: 'list[str]', default: ['logit', 'forest', 'boost'], is_required: false, help: '' }
  ] as unknown) as FlowView['params']
};

/** `?scene=failed.graph.models[1]`: a page, a tab, a task; or the name of another view. */
export function Shown({ name }: { name: string }): JSX.Element {
  return ['runs', 'empty', 'lists'].includes(name) ? <Other name={name} /> : <Page name={name} />;
}

function Page({ name }: { name: string }): JSX.Element {
  const [which = 'failed', tab = 'graph', task] = name.split('.');
  const [pages] = useState(() => (['grid', 'compare'].includes(tab) ? history(which === 'thousand' ? 1000 : 40, 45) : []));
  const [page] = useState(() => pages[pages.length - 1] ?? (PAGES[which] ?? PAGES['failed'])?.() ?? (failed as unknown as RunPage));
  const [selected, setSelected] = useState<string | null>(task ?? null);
  const [shown, setShown] = useState(tab as RunTab);
  return (
    <RunView
      page={page}
      tab={shown}
      onTab={setShown}
      selected={selected}
      onSelect={setSelected}
      actions={ACTIONS}
      log={{ text: log, isOver: true }}
      outputs={() => <p>rendered by the host</p>}
      why={() => Promise.resolve('it runs because its source changed')}
      others={othersIn(pages)}
    />
  );
}
