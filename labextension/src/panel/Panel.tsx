/** The panel under a cell: a run's page, or a form to start the first run of a flow. */
import { useCallback, useMemo, useSyncExternalStore } from 'react';

import type { GridColumn, PastView, RunPage, RunView as Run } from '../core/wire.gen';
import type { IRunActions } from '../view/actions';
import { Boundary } from '../view/Boundary';
import { Button } from '../view/Button';
import { Empty } from '../view/Empty';
import { RunForm } from '../view/form/RunForm';
import type { IOtherRuns } from '../view/others';
import { RunView } from '../view/RunView';
import type { RunTab } from '../view/RunView';
import type { IShown } from '../view/task/TaskPane';
import { PlainOutputs } from './PlainOutputs';
import type { IPanelState, PanelStore } from './store';

export function Panel({ store }: { store: PanelStore }): JSX.Element {
  const state = useSyncExternalStore(store.subscribe, store.read);
  return <div className="jp-Flow jp-Flow-panel" style={{ height: state.height }}><Boundary of="the panel"><Content store={store} state={state} /></Boundary></div>;
}

function Content({ store, state }: { store: PanelStore; state: IPanelState }): JSX.Element {
  const actions = useActions(store, state.labUrl);
  const others = useMemo(() => othersOf(store), [store]);
  const select = useCallback((key: string | null) => store.select(key), [store]);
  const watch = useCallback((shown: IShown | null) => store.watch(shown), [store]);
  const why = useCallback(async (task: string) => reasons(await store.act('why', { tasks: [task] })), [store]);
  if (!state.page) {
    return state.flow
      ? <RunForm flow={state.flow} error={state.error} isBusy={state.isBusy} onStart={start => void store.act('start', { flow: state.flow?.address ?? '', ...start })} />
      : <Empty title="No run yet." code="%flow run">Start one in a cell below:</Empty>;
  }
  const run = state.page.run.id;
  return (
    <RunView
      page={state.page}
      selected={state.selected}
      onSelect={select}
      tab={state.tab as RunTab}
      onTab={tab => store.show(tab)}
      actions={actions}
      others={others}
      other={state.other}
      onOther={id => store.compareWith(id)}
      log={state.log}
      onWatch={watch}
      outputs={shown => <PlainOutputs key={`${shown.task}[${shown.index}]#${shown.number}`} store={store} run={run} shown={shown} />}
      why={why}
      notice={<Notice store={store} state={state} />}
    />
  );
}

/** What could not be done, or that it is waited for. */
function Notice({ store, state }: { store: PanelStore; state: IPanelState }): JSX.Element | null {
  if (state.error) {
    return (
      <span className="jp-Flow-rowLine">
        <span>{state.error.message} <span className="jp-Flow-soft">{state.error.hint}</span></span>
        <span className="jp-Flow-push"><Button label="dismiss" icon="close" iconOnly onClick={() => store.forget()} /></span>
      </span>
    );
  }
  return state.isBusy ? <span>The kernel is busy with a cell; it is done when that ends.</span> : null;
}

function useActions(store: PanelStore, labUrl: string): IRunActions {
  return useMemo(() => {
    const open = (path: string): void => void window.open(`${labUrl.replace(/\/$/, '')}/lab/tree/${path.split('/').map(encodeURIComponent).join('/')}`, '_blank', 'noopener');
    const acts: IRunActions = {
      cancel: tasks => void store.act('cancel', { tasks }),
      repair: () => void store.act('repair'),
      again: () => void store.act('again'),
      clear: (tasks, downstream) => void store.act('clear', { tasks, downstream }),
      mark: (task, state) => void store.act('mark', { task, state }),
      answer: (task, yes, values) => void store.act('answer', { task, yes, values })
    };
    return labUrl ? { ...acts, openNotebook: open, openSource: open, openFlow: open } : acts;
  }, [store, labUrl]);
}

/** The other runs, as the kernel tells of them; what is opened takes this run's place. */
function othersOf(store: PanelStore): IOtherRuns {
  return {
    runs: (flow, limit) => store.ask('runs', { flow, limit }) as Promise<Run[]>,
    grid: (flow, limit) => store.ask('grid', { flow, limit }) as Promise<GridColumn[]>,
    past: (flow, task) => store.ask('past', { flow, task, limit: 30 }) as Promise<PastView[]>,
    pages: runs => store.ask('pages', { runs }) as Promise<RunPage[]>,
    open: (run, task) => store.open(run, { task }),
    compare: (run, other) => store.open(run, { other })
  };
}

function reasons(answer: unknown): string {
  const told = (answer as { reasons?: readonly string[] } | null)?.reasons;
  return told?.length ? told.map(each => `${each}.`).join('\n') : 'Nothing is known.';
}
