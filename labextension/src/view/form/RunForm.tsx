/** Start a run: a field for each parameter of the flow, by its type; empty means the default. */
import { useId, useMemo, useState } from 'react';

import type { ErrorView, FlowView } from '../../core/wire.gen';
import { Button } from '../Button';
import { Field } from './Field';
import { fieldOf, readField } from './fields';

export interface IStart {
  readonly params: Readonly<Record<string, unknown>>;
  readonly logical_date: string | null;
}

export interface IRunFormProps {
  readonly flow: FlowView;
  readonly onStart: (start: IStart) => void;
  readonly onCancel?: (() => void) | undefined;
  /** Why the last try was refused. */
  readonly error?: ErrorView | null | undefined;
  readonly isBusy?: boolean | undefined;
  /** What the fields have at first: those of an earlier run. */
  readonly params?: Readonly<Record<string, unknown>> | undefined;
}

export function RunForm({ flow, onStart, onCancel, error, isBusy, params = {} }: IRunFormProps): JSX.Element {
  const id = useId();
  const fields = useMemo(() => flow.params.map(fieldOf), [flow.params]);
  const [typed, setTyped] = useState<Readonly<Record<string, string>>>(() => beginning(fields, params));
  const [when, setWhen] = useState('');
  const [wasSent, setSent] = useState(false);
  const read = fields.map(field => ({ field, read: readField(field, typed[field.parameter.name] ?? '') }));
  const problems = read.filter(each => each.read && 'problem' in each.read);
  const errors = flow.problems.filter(each => each.severity === 'error');

  const submit = (event: React.FormEvent): void => {
    event.preventDefault();
    setSent(true);
    if (problems.length) {
      document.getElementById(`${id}-${problems[0]?.field.parameter.name ?? ''}`)?.focus();
      return;
    }
    const values = read.flatMap(each => (each.read && 'value' in each.read ? [[each.field.parameter.name, each.read.value] as const] : []));
    onStart({ params: Object.fromEntries(values), logical_date: when ? new Date(when).toISOString() : null });
  };
  return (
    <form className="jp-Flow jp-Flow-form" aria-label={`run ${flow.name}`} onSubmit={submit} noValidate>
      {flow.description ? <p className="jp-Flow-soft">{flow.description}</p> : null}
      {errors.map((each, at) => <p key={at} className="jp-Flow-reason" data-tone="bad" role="alert">{each.what}{each.hint ? <span className="jp-Flow-soft"> {each.hint}</span> : null}</p>)}
      {fields.length === 0 ? <p className="jp-Flow-soft">It has no parameters. Give it some with a line in its cell: <code>params(day="2026-03-01", n=10)</code></p> : null}
      {read.map(({ field, read: result }) => (
        <Field
          key={field.parameter.name}
          id={`${id}-${field.parameter.name}`}
          field={field}
          typed={typed[field.parameter.name] ?? ''}
          problem={result && 'problem' in result && (wasSent || (typed[field.parameter.name] ?? '') !== '') ? result.problem : ''}
          onType={text => setTyped({ ...typed, [field.parameter.name]: text })}
        />
      ))}
      <details className="jp-Flow-later">
        <summary>For another time</summary>
        <label className="jp-Flow-field">
          <span className="jp-Flow-fieldName">logical date</span>
          <input className="jp-Flow-input" type="datetime-local" value={when} onChange={event => setWhen(event.target.value)} />
        </label>
      </details>
      {error ? <p className="jp-Flow-reason" data-tone="bad" role="alert">{error.message}{error.hint ? <span className="jp-Flow-soft"> {error.hint}</span> : null}</p> : null}
      <div className="jp-Flow-actions">
        <button type="submit" className="jp-Flow-button jp-Flow-button-main" disabled={isBusy || errors.length > 0}>{isBusy ? 'Starting…' : 'Run'}</button>
        <Button label="Cancel" onClick={onCancel} />
      </div>
    </form>
  );
}

function beginning(fields: readonly ReturnType<typeof fieldOf>[], params: Readonly<Record<string, unknown>>): Record<string, string> {
  const typed: Record<string, string> = {};
  for (const { parameter, kind, choices } of fields) {
    // A field for days shows no placeholder: its default is filled in.
    const given = params[parameter.name] ?? (kind === 'date' || kind === 'datetime' ? (parameter.default ?? undefined) : undefined);
    if (given !== undefined) {
      typed[parameter.name] = kind === 'choice' ? String(choices.indexOf(given)) : typeof given === 'string' ? given : JSON.stringify(given);
    }
  }
  return typed;
}
