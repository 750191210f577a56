/** What is shown where there is nothing yet: why, and the exact thing to type. */
import type { ReactNode } from 'react';

export interface IEmptyProps {
  readonly title: string;
  readonly children?: ReactNode;
  /** What to type, as it is typed. */
  readonly code?: string;
}

export function Empty({ title, children, code }: IEmptyProps): JSX.Element {
  return (
    <div className="jp-Flow-empty">
      <p className="jp-Flow-emptyTitle">{title}</p>
      {children ? <p>{children}</p> : null}
      {code ? <pre className="jp-Flow-code">{code}</pre> : null}
    </div>
  );
}

/** The shape of what is to come, while it is being asked for. */
export function Skeleton({ rows = 4, label = 'loading' }: { rows?: number; label?: string }): JSX.Element {
  return (
    <div className="jp-Flow-skeleton" role="status" aria-label={label}>
      {Array.from({ length: rows }, (_, at) => <i key={at} style={{ width: `${88 - ((at * 23) % 50)}%` }} />)}
    </div>
  );
}
