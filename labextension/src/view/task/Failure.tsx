/** What went wrong in an attempt: the words, the place, the line, the traceback, where to look. */
import { useMemo } from 'react';

import type { AttemptView, FailureView } from '../../core/wire.gen';
import { outcomeWord } from '../../core/words';
import { Button } from '../Button';

export interface IFailureProps {
  readonly attempt: AttemptView;
  readonly failure: FailureView;
  /** Open the executed notebook, at the cell that failed. */
  readonly onNotebook?: (() => void) | undefined;
  /** Open the source at that cell. */
  readonly onSource?: (() => void) | undefined;
  /** Open a copy that stands where the attempt failed. */
  readonly onDebug?: (() => void) | undefined;
}

const FRAME = /^(Cell In|File |Input In|\s+File ")/;
const POINTED = /^\s*-{2,}>/;

export function Failure({ attempt, failure, onNotebook, onSource, onDebug }: IFailureProps): JSX.Element {
  const place = [
    failure.cell === null ? '' : `cell ${failure.cell}`, failure.line === null ? '' : `line ${failure.line}`
  ].filter(Boolean).join(', ');
  const lines = useMemo(() => failure.traceback.replace(/^-+\n/, '').trimEnd().split('\n'), [failure.traceback]);
  return (
    <section className="jp-Flow-failure" data-tone="bad" aria-label="what went wrong">
      <p className="jp-Flow-failureWhat">
        <strong>{failure.name || outcomeWord(attempt.outcome) || failure.cause}</strong>
        {failure.message ? <span>{failure.name ? ': ' : ' '}{failure.message}</span> : null}
      </p>
      {place ? <p className="jp-Flow-soft">in {place}</p> : null}
      {failure.source.trim() ? <pre className="jp-Flow-failureLine"><span aria-hidden="true">{failure.line ?? ' '}</span>{failure.source.trimEnd()}</pre> : null}
      <p className="jp-Flow-actions">
        <Button label="Open executed notebook" icon="open" onClick={onNotebook} />
        <Button label={failure.cell === null ? 'Open source' : `Open source at cell ${failure.cell}`} icon="source" onClick={onSource} />
        <Button label="Debug" icon="play" title="open a copy with these parameters at the cell that failed: with the kernel of this attempt if it was kept, else with a new one in which all cells above are run" onClick={onDebug} />
      </p>
      {failure.traceback.trim() ? (
        <pre className="jp-Flow-traceback" tabIndex={0} aria-label="traceback">
          {lines.map((line, at) => (
            <span key={at} data-look={POINTED.test(line) ? 'pointed' : FRAME.test(line) ? 'frame' : undefined}>{line}{'\n'}</span>
          ))}
        </pre>
      ) : null}
    </section>
  );
}
