/** Tabs by the book: one is in the tab order, the arrow keys change it. */
import { useRef } from 'react';

export interface ITab<Id extends string> {
  readonly id: Id;
  readonly label: string;
  readonly note?: string;
}

export interface ITabsProps<Id extends string> {
  readonly label: string;
  readonly tabs: readonly ITab<Id>[];
  readonly current: Id;
  readonly onChange: (id: Id) => void;
}

const MOVES: Readonly<Record<string, number>> = { ArrowRight: 1, ArrowLeft: -1 };

export function Tabs<Id extends string>({ label, tabs, current, onChange }: ITabsProps<Id>): JSX.Element {
  const list = useRef<HTMLDivElement>(null);
  const onKeyDown = (event: React.KeyboardEvent): void => {
    const move = MOVES[event.key];
    if (move) {
      event.preventDefault();
      const at = tabs.findIndex(tab => tab.id === current);
      const next = (at + move + tabs.length) % tabs.length;
      const tab = tabs[next];
      if (tab) {
        onChange(tab.id);
        list.current?.querySelectorAll<HTMLElement>('[role=tab]')[next]?.focus();
      }
    }
  };
  return (
    <div className="jp-Flow-tabs" role="tablist" aria-label={label} ref={list} onKeyDown={onKeyDown}>
      {tabs.map(tab => (
        <button
          key={tab.id}
          type="button"
          role="tab"
          className="jp-Flow-tab"
          aria-selected={tab.id === current}
          tabIndex={tab.id === current ? 0 : -1}
          onClick={() => onChange(tab.id)}
        >
          {tab.label}
          {tab.note ? <span className="jp-Flow-tabNote">{tab.note}</span> : null}
        </button>
      ))}
    </div>
  );
}
