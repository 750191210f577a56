/** What is wrong with a flow: what, where, what now. */
import type { ProblemView } from '../core/wire.gen';

export interface IProblemsProps {
  readonly problems: readonly ProblemView[];
  /** They are shown at their cell, so it need not be named. */
  readonly isAtCell?: boolean;
}

export function Problems({ problems, isAtCell }: IProblemsProps): JSX.Element | null {
  return problems.length === 0 ? null : (
    <ul className="jp-Flow-problems" aria-label="problems">
      {problems.map((each, at) => (
        <li key={at} data-tone={each.severity === 'error' ? 'bad' : 'warn'}>
          <span className="jp-Flow-problemSign" aria-hidden="true">{each.severity === 'error' ? '✗' : '!'}</span>
          <span>
            <span className="jp-Flow-problemWhat">{each.what}</span>
            {' '}
            <span className="jp-Flow-problemPlace">{placeOf(isAtCell ? { ...each, cell: null } : each)}</span>
            {each.hint ? <span className="jp-Flow-problemHint">{each.hint}</span> : null}
          </span>
        </li>
      ))}
    </ul>
  );
}

/** `cell 2, line 3 (JF110)`. */
export function placeOf({ code, cell, line }: ProblemView): string {
  const place = [cell === null ? '' : `cell ${cell}`, line === null ? '' : `line ${line}`].filter(Boolean).join(', ');
  return place ? `${place} (${code})` : `(${code})`;
}
