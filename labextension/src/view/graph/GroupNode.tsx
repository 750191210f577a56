/**
 * A group in the graph. Folded it is one box that says how all its tasks stand; open it is a frame
 * around them. Its name opens and folds it, with the mouse and with the keyboard.
 */
import { memo, useEffect, useRef } from 'react';

import { Handle, Position } from '@xyflow/react';
import type { Node, NodeProps } from '@xyflow/react';

import { duration, taskSign } from '../../core/words';
import { elapsed, groupProgress } from '../faces';
import { useNow } from '../now';
import { Sign } from '../Sign';
import { StateBar } from '../StateBar';
import { useFace } from './board';
import { WALKS } from './TaskNode';
import type { TaskNodeData } from './TaskNode';

export type GroupNodeType = Node<TaskNodeData, 'folded'>;

export const GroupNode = memo(function GroupNode({ id, data }: NodeProps<GroupNodeType>) {
  const face = useFace(id);
  const now = useNow(face !== undefined && face.startedAt !== null && face.endedAt === null);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (data.takesFocus) {
      button.current?.focus({ preventScroll: true });
    }
  }, [data.takesFocus]);
  if (!face) {
    return null;
  }
  const spent = elapsed(face, now);
  const told = groupProgress(face);
  const isDown = data.direction === 'TB';
  return (
    <>
      <Handle type="target" position={isDown ? Position.Top : Position.Left} isConnectable={false} tabIndex={-1} aria-hidden />
      <button
        ref={button}
        type="button"
        className="jp-Flow-node jp-Flow-group nopan"
        data-tone={taskSign(face.state).tone}
        data-state={face.state}
        data-selected={data.isSelected || undefined}
        data-critical={data.isCritical || undefined}
        data-match={data.match ?? undefined}
        aria-expanded={false}
        aria-label={`Group ${id}: ${taskSign(face.state).word}, ${told}. Opens.`}
        title={`open ${id}`}
        tabIndex={data.isHere ? 0 : -1}
        onClick={() => data.actions.open(id)}
        onKeyDown={event => {
          if (WALKS.includes(event.key)) {
            event.preventDefault();
            event.stopPropagation();
            data.actions.walk(id, event.key);
          } else if (event.key === '+') {
            data.actions.open(id);
          }
        }}
      >
        <span className="jp-Flow-nodeHead">
          <Sign state={face.state} />
          <span className="jp-Flow-nodeName" title={id}>{id}</span>
          <span className="jp-Flow-groupFold" aria-hidden>＋</span>
        </span>
        <span className="jp-Flow-nodeFoot">
          <span className="jp-Flow-nodeTold">{told}</span>
          {/* What went wrong needs the room. */}
          <span className="jp-Flow-time">{spent === null || told.includes(',') ? '' : duration(spent)}</span>
        </span>
        <span className="jp-Flow-groupBar"><StateBar counts={face.counts} /></span>
      </button>
      <Handle type="source" position={isDown ? Position.Bottom : Position.Right} isConnectable={false} tabIndex={-1} aria-hidden />
    </>
  );
});

export type FrameNodeData = { readonly group: string; readonly fold: (group: string) => void };

export type FrameNodeType = Node<FrameNodeData, 'frame'>;

export const FrameNode = memo(function FrameNode({ data }: NodeProps<FrameNodeType>) {
  const { group, fold } = data;
  return (
    <div className="jp-Flow-frame">
      <button
        type="button"
        className="jp-Flow-frameName nopan"
        aria-expanded
        aria-label={`Group ${group}. Folds.`}
        title={`fold ${group}`}
        onClick={() => fold(group)}
      >
        <span aria-hidden>−</span> {group}
      </button>
    </div>
  );
});
