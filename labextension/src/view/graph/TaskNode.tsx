/**
 * A task in the graph: its name, sign, progress and time. A button, so that it can be reached and
 * chosen with the keyboard. From far away only its sign and colour are drawn.
 */
import { memo, useEffect, useRef } from 'react';

import { Handle, NodeToolbar, Position, useStore } from '@xyflow/react';
import type { Node, NodeProps } from '@xyflow/react';

import { keyOf } from '../../core/run';
import { lastAttempt, partOf } from '../../core/select';
import { count, duration, taskSign } from '../../core/words';
import { elapsed, progress, sentence } from '../faces';
import type { ITaskFace } from '../faces';
import { useNow } from '../now';
import { Sign } from '../Sign';
import { StateBar } from '../StateBar';
import { useFace } from './board';
import { item } from './item';
import type { Direction } from './places';

/** What can be done with a task from within the graph. The same object for all, for ever. */
export interface INodeActions {
  select(key: string): void;
  unfold(task: string | null): void;
  walk(task: string, key: string): void;
  /** Opens a folded group. */
  open(group: string): void;
  /** Folds the group that is right around a task, if there is one. */
  foldAround(task: string): void;
}

export type TaskNodeData = {
  readonly isSelected: boolean;
  readonly isUnfolded: boolean;
  readonly isCritical: boolean;
  /** The keyboard is here: this one is in the tab order, and has the focus if `takesFocus`. */
  readonly isHere: boolean;
  readonly takesFocus: boolean;
  /** How it stands to the search: found, passed over, or (null) nothing is searched. */
  readonly match: boolean | null;
  readonly direction: Direction;
  readonly actions: INodeActions;
};

export type TaskNodeType = Node<TaskNodeData, 'task'>;

type Level = 'near' | 'middle' | 'far' | 'dot';

/** How much of a task can be read at a zoom: the farther, the less is drawn, and the larger. */
function levelOf(zoom: number): Level {
  return zoom >= 0.74 ? 'near' : zoom >= 0.56 ? 'middle' : zoom >= 0.2 ? 'far' : 'dot';
}

export const WALKS = ['ArrowRight', 'ArrowLeft', 'ArrowUp', 'ArrowDown', 'Home', 'End'];

export const TaskNode = memo(function TaskNode({ id, data }: NodeProps<TaskNodeType>) {
  const face = useFace(id);
  return face ? <Task face={face} data={data} /> : null;
});

function Task({ face, data }: { face: ITaskFace; data: TaskNodeData }): JSX.Element {
  const { actions } = data;
  const level = useStore(store => levelOf(store.transform[2]));
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (data.takesFocus) {
      button.current?.focus({ preventScroll: true });
    }
  }, [data.takesFocus]);
  const name = face.task.name;
  const onKeyDown = (event: React.KeyboardEvent): void => {
    if (WALKS.includes(event.key)) {
      event.preventDefault();
      event.stopPropagation();
      actions.walk(name, event.key);
    } else if (event.key === '-') {
      actions.foldAround(name);
    }
  };
  return (
    <>
      <Handle type="target" position={data.direction === 'TB' ? Position.Top : Position.Left} isConnectable={false} tabIndex={-1} aria-hidden />
      <button
        ref={button}
        type="button"
        className="jp-Flow-node nopan"
        data-tone={taskSign(face.state).tone}
        data-state={face.state}
        data-selected={data.isSelected || undefined}
        data-critical={data.isCritical || undefined}
        data-match={data.match ?? undefined}
        data-level={level}
        aria-pressed={data.isSelected}
        aria-label={sentence(face, Date.now())}
        tabIndex={data.isHere ? 0 : -1}
        onClick={() => actions.select(name)}
        onKeyDown={onKeyDown}
      >
        {level === 'dot' ? null : level === 'far' ? <Far face={face} /> : <Near face={face} />}
      </button>
      {face.width !== null && face.width > 0 && (level === 'near' || level === 'middle') ? (
        <button
          type="button"
          className="jp-Flow-fold nopan"
          aria-expanded={data.isUnfolded}
          aria-label={`the ${face.width} instances of ${name}`}
          tabIndex={data.isHere ? 0 : -1}
          onClick={() => actions.unfold(data.isUnfolded ? null : name)}
        >
          × {face.width}
        </button>
      ) : null}
      {data.isUnfolded ? <Instances face={face} actions={actions} /> : null}
      <Handle type="source" position={data.direction === 'TB' ? Position.Bottom : Position.Right} isConnectable={false} tabIndex={-1} aria-hidden />
    </>
  );
}

function Far({ face }: { face: ITaskFace }): JSX.Element {
  return (
    <span className="jp-Flow-nodeFar">
      <Sign state={face.state} />
      <span className="jp-Flow-nodeName">{face.task.name}</span>
      {face.width ? <span className="jp-Flow-nodeWidth">×{face.width}</span> : null}
    </span>
  );
}

function Near({ face }: { face: ITaskFace }): JSX.Element {
  const isLive = face.startedAt !== null && face.endedAt === null;
  const now = useNow(isLive);
  const spent = elapsed(face, now);
  const told = [progress(face) || (face.state === 'succeeded' ? kindOf(face) : taskSign(face.state).word), tries(face)];
  return (
    <>
      <span className="jp-Flow-nodeHead">
        <Sign state={face.state} done={face.width === null ? face.done : null} />
        <span className="jp-Flow-nodeName" title={face.task.name}>{face.task.name}</span>
      </span>
      <span className="jp-Flow-nodeFoot">
        {face.width === null ? <span className="jp-Flow-nodeTold">{told.filter(Boolean).join(' · ')}</span> : <StateBar counts={face.counts} />}
        <span className="jp-Flow-time">{spent === null ? '' : duration(spent)}</span>
      </span>
      {face.state === 'running' && face.width === null && face.done !== null ? (
        <span className="jp-Flow-nodeBar"><i style={{ width: `${face.done * 100}%` }} /></span>
      ) : null}
    </>
  );
}

/** What kind of task it is, where there is nothing better to say. */
function kindOf(face: ITaskFace): string {
  const { attempt } = face;
  return attempt?.cells ? count(attempt.cells, partOf(attempt)) : (attempt?.number ?? 1) > 1 ? '' : face.task.kind;
}

function tries(face: ITaskFace): string {
  const number = face.attempt?.number ?? 1;
  return number > 1 ? `attempt ${number}` : '';
}

function Instances({ face, actions }: { face: ITaskFace; actions: INodeActions }): JSX.Element {
  return (
    <NodeToolbar isVisible position={Position.Bottom} align="start" offset={4}>
      <ul
        className="jp-Flow-unfolded nowheel nopan"
        aria-label={`instances of ${face.task.name}`}
        onKeyDown={event => event.key === 'Escape' && actions.unfold(null)}
      >
        {face.runs.map(run => {
          const attempt = lastAttempt(run);
          return (
            <li key={run.index ?? -1}>
              <button type="button" onClick={() => actions.select(keyOf(run.task, run.index))}>
                <Sign state={run.state} />
                <span className="jp-Flow-mono">[{run.index}]</span>
                <span className="jp-Flow-clip">{item(run.item)}</span>
                <span className="jp-Flow-time">{attempt?.cells && run.state === 'running' ? `${attempt.cell}/${attempt.cells}` : ''}</span>
              </button>
            </li>
          );
        })}
      </ul>
    </NodeToolbar>
  );
}
