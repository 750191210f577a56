/** One line of a log: its time, its cell, its text with the terminal's colours. */
import { memo } from 'react';

import { partsOf, stripped } from './ansi';
import type { ILogLine } from './logLines';

const KINDS: Readonly<Record<string, string>> = {
  out: 'printed', err: 'written to the error stream', res: 'a result', tb: 'a traceback',
  sys: 'written by the kernel', '--': 'said by jupyter_flow'
};

export interface ILogLineProps {
  readonly line: ILogLine;
  readonly before: ILogLine | undefined;
  readonly height: number;
  readonly query: string;
  readonly isCurrent: boolean;
}

export const LogLine = memo(function LogLine({ line, before, height, query, isCurrent }: ILogLineProps) {
  const time = line.at.slice(11, 19);
  return (
    <div className="jp-Flow-logLine" data-kind={line.kind || undefined} data-current={isCurrent || undefined} style={{ height }}>
      <span className="jp-Flow-logTime" title={line.at}>{time !== before?.at.slice(11, 19) ? time : ''}</span>
      <span className="jp-Flow-logCell" title={KINDS[line.kind]}>{line.cell !== before?.cell ? line.cell : ''}</span>
      <span className="jp-Flow-logText">{query ? marked(stripped(line.text), query) : coloured(line.text)}</span>
    </div>
  );
});

function coloured(text: string): JSX.Element[] {
  return partsOf(text).map((part, at) => <span key={at} className={part.look || undefined}>{part.text}</span>);
}

function marked(text: string, query: string): (JSX.Element | string)[] {
  const parts: (JSX.Element | string)[] = [];
  const lower = text.toLowerCase();
  const wanted = query.toLowerCase();
  let from = 0;
  for (let at = lower.indexOf(wanted); at >= 0; at = lower.indexOf(wanted, from)) {
    parts.push(text.slice(from, at), <mark key={at}>{text.slice(at, at + wanted.length)}</mark>);
    from = at + wanted.length;
  }
  return [...parts, text.slice(from)];
}
