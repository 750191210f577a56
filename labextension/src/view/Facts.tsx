/** Names with their values, a row each. */
import type { ReactNode } from 'react';

import { Json } from './Json';

export interface IFactsProps {
  readonly title: string;
  readonly facts: Readonly<Record<string, unknown>>;
  /** What is said when there are none; nothing at all without it. */
  readonly empty?: ReactNode;
}

export function Facts({ title, facts, empty }: IFactsProps): JSX.Element | null {
  const entries = Object.entries(facts);
  if (entries.length === 0 && !empty) {
    return null;
  }
  return (
    <section className="jp-Flow-facts">
      <h4>{title}</h4>
      {entries.length ? (
        <dl>
          {entries.map(([name, value]) => (
            <div key={name}><dt title={name}>{name}</dt><dd><Json value={value} open={0} /></dd></div>
          ))}
        </dl>
      ) : <p className="jp-Flow-soft">{empty}</p>}
    </section>
  );
}
