/** A small viewer of JSON values: short ones in a line, long ones to be unfolded. */
import { memo, useContext, useState } from 'react';

import { artifactFile, artifactLine } from '../core/artifacts';
import { secretText } from '../core/secrets';
import { Downloads } from './downloads';
import { Icon } from './Icon';

/** Texts longer than this are cut until they are asked for. */
const LONG = 400;
/** Of long lists so many are shown at first. */
const MANY = 50;

export interface IJsonProps {
  readonly value: unknown;
  /** How many levels are open at first. */
  readonly open?: number;
}

export const Json = memo(function Json({ value, open = 1 }: IJsonProps) {
  const line = artifactLine(value);
  const toDownload = useContext(Downloads);
  if (line !== null) {
    const file = toDownload ? artifactFile(value) : null;
    const shown = <span className="jp-Flow-json" data-type="artifact" title="a file that was handed on">{line}</span>;
    return file && toDownload ? <a className="jp-Flow-download" href={toDownload(file.file, file.name)} download={file.name} title={`download ${file.name}`}>{shown}</a> : shown;
  }
  const secret = secretText(value);
  if (secret !== null) {
    return <span className="jp-Flow-json" data-type="secret" title="what it is stands nowhere: it was looked up when the attempt started">{secret}</span>;
  }
  if (value !== null && typeof value === 'object') {
    return <Folder value={value} open={open} />;
  }
  return <Scalar value={value} />;
});

function Scalar({ value }: { value: unknown }): JSX.Element {
  const [isWhole, setWhole] = useState(false);
  const text = typeof value === 'string' ? value : String(JSON.stringify(value));
  const isCut = text.length > LONG && !isWhole;
  return (
    <span className="jp-Flow-json" data-type={value === null ? 'null' : typeof value}>
      {isCut ? `${text.slice(0, LONG)}…` : text}
      {isCut ? <button type="button" className="jp-Flow-more" onClick={() => setWhole(true)}>all {text.length} characters</button> : null}
    </span>
  );
}

function Folder({ value, open }: { value: object; open: number }): JSX.Element {
  const isList = Array.isArray(value);
  const entries = Object.entries(value as Record<string, unknown>);
  const brief = inLine(value);
  const [isOpen, setOpen] = useState(open > 0);
  const [shown, setShown] = useState(MANY);
  if (brief !== null) {
    return <span className="jp-Flow-json" data-type="brief">{brief}</span>;
  }
  const size = `${entries.length} ${isList ? 'items' : 'entries'}`;
  return (
    <span className="jp-Flow-json">
      <button type="button" className="jp-Flow-jsonFold" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        <Icon name={isOpen ? 'down' : 'right'} /> {isList ? `[${size}]` : `{${size}}`}
      </button>
      {isOpen ? (
        <ul className="jp-Flow-jsonEntries">
          {entries.slice(0, shown).map(([name, each]) => (
            <li key={name}><span className="jp-Flow-jsonName">{name}</span> <Json value={each} open={open - 1} /></li>
          ))}
          {entries.length > shown ? (
            <li><button type="button" className="jp-Flow-more" onClick={() => setShown(shown + 10 * MANY)}>{entries.length - shown} more</button></li>
          ) : null}
        </ul>
      ) : null}
    </span>
  );
}

/** A small value as one line; null for what is too long or too deep for that. */
function inLine(value: object): string | null {
  const whole = JSON.stringify(value);
  if (whole.length > 72) {
    return null;
  }
  const text = whole.replaceAll(/("(?:[^"\\]|\\.)*")|([:,])/g, (_, quoted: string | undefined, mark: string | undefined) => quoted ?? `${mark} `);
  return text;
}
