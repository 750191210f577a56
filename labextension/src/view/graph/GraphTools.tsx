/** The tools above a graph or a time line: a search, the states as filters, the critical path. */
import { memo, useState } from 'react';

import { taskSign } from '../../core/words';
import type { Faces } from '../faces';
import { Sign } from '../Sign';
import { statesIn } from './query';
import type { IQuery } from './query';

export interface IGraphToolsProps {
  readonly faces: Faces;
  readonly query: IQuery;
  readonly onQuery: (query: IQuery) => void;
  readonly found: ReadonlySet<string> | null;
  readonly onReveal: (task: string) => void;
  /** Whether the critical path can be shown. */
  readonly canTrace?: boolean;
}

export const GraphTools = memo(function GraphTools({ faces, query, onQuery, found, onReveal, canTrace = false }: IGraphToolsProps) {
  const [at, setAt] = useState(-1);
  const toggle = (state: string): void => {
    const states = query.states.includes(state) ? query.states.filter(each => each !== state) : [...query.states, state];
    onQuery({ ...query, states });
  };
  const onKeyDown = (event: React.KeyboardEvent): void => {
    const names = [...(found ?? [])];
    if (event.key === 'Enter' && names.length) {
      const next = (at + (event.shiftKey ? -1 : 1) + names.length) % names.length;
      setAt(next);
      onReveal(names[next] ?? '');
    } else if (event.key === 'Escape') {
      onQuery({ ...query, text: '' });
    }
  };
  return (
    <div className="jp-Flow-tools" role="toolbar" aria-label="find tasks">
      <input
        className="jp-Flow-input"
        type="search"
        placeholder="Find a task"
        aria-label="find a task; Enter goes to the next"
        value={query.text}
        onChange={event => {
          setAt(-1);
          onQuery({ ...query, text: event.target.value });
        }}
        onKeyDown={onKeyDown}
      />
      {found ? <span className="jp-Flow-soft" role="status">{found.size} of {faces.size}</span> : null}
      <span className="jp-Flow-filters">
        {[...statesIn(faces)].map(([state, number]) => (
          <button
            key={state}
            type="button"
            className="jp-Flow-chip"
            aria-pressed={query.states.includes(state)}
            title={`only ${taskSign(state).word}`}
            onClick={() => toggle(state)}
          >
            <Sign state={state} word /> {number}
          </button>
        ))}
      </span>
      {canTrace ? (
        <button
          type="button"
          className="jp-Flow-chip jp-Flow-push"
          aria-pressed={query.critical}
          title="the chain of tasks that took longest"
          onClick={() => onQuery({ ...query, critical: !query.critical })}
        >
          Critical path
        </button>
      ) : null}
    </div>
  );
});
