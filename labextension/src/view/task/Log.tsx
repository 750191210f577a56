/**
 * An attempt's log: follows its end while somebody is there, is searched, wraps or not. Only the
 * lines on the screen are drawn, however long it is.
 */
import { useEffect, useMemo, useRef, useState } from 'react';

import { Button } from '../Button';
import { Empty, Skeleton } from '../Empty';
import { useScrolled } from '../scrolling';
import { stripped } from './ansi';
import { LogLine } from './LogLine';
import { emptyLog, readLog } from './logLines';
import type { ILogRead } from './logLines';
import { lastBefore, topsOf } from './logTops';

export interface ILogText {
  readonly text: string;
  readonly isOver: boolean;
}

export interface ILogProps {
  /** Null while it is being asked for. */
  readonly log: ILogText | null;
}

const LINE_HEIGHT = 18;
/** The width of a character of the code font at this size, and of what stands before the text. */
const CHAR = 7.23;
const BEFORE = 128;

export function Log({ log }: ILogProps): JSX.Element {
  const before = useRef<ILogRead>(emptyLog);
  const text = log?.text ?? '';
  const lines = useMemo(() => {
    before.current = readLog(text, before.current);
    return before.current.lines;
  }, [text]);
  const [scrolled, setBox, onScroll, box] = useScrolled<HTMLDivElement>();
  const [wraps, setWraps] = useState(true);
  const [follows, setFollows] = useState(true);
  const [query, setQuery] = useState('');
  const [at, setAt] = useState(0);
  const columns = wraps ? Math.max(10, Math.floor((scrolled.width - BEFORE - 12) / CHAR)) : 0;
  const tops = useMemo(() => topsOf(lines, columns), [lines, columns]);
  const found = useMemo(() => search(lines, query), [lines, query]);
  const current = found.length ? found[Math.min(at, found.length - 1)] : undefined;

  useEffect(() => {
    if (follows && box) {
      box.scrollTop = box.scrollHeight;
    }
  }, [follows, box, tops]);
  const go = (next: number): void => {
    const to = found.length ? (next + found.length) % found.length : 0;
    const line = found[to];
    setAt(to);
    if (box && line !== undefined) {
      setFollows(false);
      box.scrollTop = Math.max(0, (tops[line] ?? 0) * LINE_HEIGHT - scrolled.height / 2);
    }
  };
  if (!log) {
    return <Skeleton rows={8} label="loading the log" />;
  }
  if (lines.length === 0) {
    return log.isOver
      ? <Empty title="Nothing was written.">What a cell prints stands here, with its moment and its cell.</Empty>
      : <Empty title="Nothing written yet.">What a cell prints appears here as it comes.</Empty>;
  }
  const from = Math.max(0, lastBefore(tops, scrolled.top / LINE_HEIGHT) - 10);
  const to = Math.min(lines.length, lastBefore(tops, (scrolled.top + scrolled.height) / LINE_HEIGHT) + 12);
  return (
    <div className="jp-Flow-log">
      <div className="jp-Flow-tools" role="toolbar" aria-label="the log">
        <input
          className="jp-Flow-input"
          type="search"
          placeholder="Search the log"
          aria-label="search the log; Enter goes to the next, Shift Enter to the one before"
          value={query}
          onChange={event => {
            setQuery(event.target.value);
            setAt(0);
          }}
          onKeyDown={event => event.key === 'Enter' && go(at + (event.shiftKey ? -1 : 1))}
        />
        {query ? <span className="jp-Flow-soft" role="status">{found.length ? `${Math.min(at, found.length - 1) + 1}/${found.length}` : 'not found'}</span> : null}
        {found.length ? (
          <>
            <Button label="the one before" icon="up" iconOnly onClick={() => go(at - 1)} />
            <Button label="the next one" icon="down" iconOnly onClick={() => go(at + 1)} />
          </>
        ) : null}
        <span className="jp-Flow-push jp-Flow-soft">{lines.length} lines</span>
        <Button label="wrap long lines" icon="wrap" iconOnly isOn={wraps} onClick={() => setWraps(!wraps)} />
        <Button label="follow the end" icon="follow" iconOnly isOn={follows} onClick={() => setFollows(!follows)} />
      </div>
      <div
        className="jp-Flow-logLines"
        data-wraps={wraps || undefined}
        ref={setBox}
        tabIndex={0}
        role="log"
        aria-live="off"
        aria-label="the lines of the log"
        onScroll={event => {
          onScroll();
          const { scrollTop, scrollHeight, clientHeight } = event.currentTarget;
          setFollows(scrollHeight - scrollTop - clientHeight < LINE_HEIGHT);
        }}
      >
        <div style={{ height: (tops[lines.length] ?? 0) * LINE_HEIGHT, position: 'relative' }}>
          <div style={{ transform: `translateY(${(tops[from] ?? 0) * LINE_HEIGHT}px)` }}>
            {lines.slice(from, to).map((line, offset) => (
              <LogLine
                key={from + offset}
                line={line}
                before={lines[from + offset - 1]}
                height={((tops[from + offset + 1] ?? 0) - (tops[from + offset] ?? 0)) * LINE_HEIGHT}
                query={query}
                isCurrent={from + offset === current}
              />
            ))}
          </div>
        </div>
      </div>
    </div>
  );
}

function search(lines: readonly { text: string }[], query: string): readonly number[] {
  const wanted = query.toLowerCase();
  const found: number[] = [];
  if (wanted) {
    lines.forEach((line, at) => stripped(line.text).toLowerCase().includes(wanted) && found.push(at));
  }
  return found;
}
