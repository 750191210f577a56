/** A field's frame: its name, what it is filled in with, and a note or what is wrong with it. */
import type { ReactNode } from 'react';

export interface ILabelledProps {
  /** The id of the input; the note's is `ID-note`. */
  readonly id: string;
  readonly name: string;
  /** Said softly beside the name. */
  readonly more?: string | undefined;
  readonly note?: ReactNode;
  readonly problem?: string | undefined;
  readonly children: ReactNode;
}

export function Labelled({ id, name, more, note, problem, children }: ILabelledProps): JSX.Element {
  const told = problem || note;
  return (
    <div className="jp-Flow-field">
      <label htmlFor={id} className="jp-Flow-fieldName">
        {name}{more ? <> <span className="jp-Flow-soft">{more}</span></> : null}
      </label>
      {children}
      {told ? <span id={`${id}-note`} className={problem ? 'jp-Flow-reason' : 'jp-Flow-soft'} data-tone={problem ? 'bad' : undefined} role={problem ? 'alert' : undefined}>{told}</span> : null}
    </div>
  );
}

/** What an input says of its note to those who cannot see it. */
export function noted(id: string, problem: string | undefined, hasNote = true): { readonly 'aria-invalid': true | undefined; readonly 'aria-describedby': string | undefined } {
  return { 'aria-invalid': problem ? true : undefined, 'aria-describedby': problem || hasNote ? `${id}-note` : undefined };
}
