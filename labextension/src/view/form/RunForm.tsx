/** Start a run: a field for each parameter of the flow, by its type; empty means the default. */
import { useState } from 'react';

import type { ErrorView, FlowView } from '../../core/wire.gen';
import { FormActions, Refusal } from './FormParts';
import { useParameters } from './useParameters';

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
  const parameters = useParameters(flow.params, params);
  const [when, setWhen] = useState('');
  const errors = flow.problems.filter(each => each.severity === 'error');

  const submit = (event: React.FormEvent): void => {
    event.preventDefault();
    const values = parameters.read();
    if (values) {
      onStart({ params: values, logical_date: when ? new Date(when).toISOString() : null });
    }
  };
  return (
    <form className="jp-Flow jp-Flow-form" aria-label={`run ${flow.name}`} onSubmit={submit} noValidate>
      {flow.description ? <p className="jp-Flow-soft">{flow.description}</p> : null}
      {errors.map((each, at) => <Refusal key={at} what={each.what} hint={each.hint} />)}
      {flow.params.length === 0 ? <p className="jp-Flow-soft">It has no parameters. Give it some with a line in its cell: <code>params(day="2026-03-01", n=10)</code></p> : null}
      {parameters.fields}
      <details className="jp-Flow-later">
        <summary>For another time</summary>
        <label className="jp-Flow-field">
          <span className="jp-Flow-fieldName">logical date</span>
          <input className="jp-Flow-input" type="datetime-local" value={when} onChange={event => setWhen(event.target.value)} />
        </label>
      </details>
      {error ? <Refusal what={error.message} hint={error.hint} /> : null}
      <FormActions label={isBusy ? 'Starting…' : 'Run'} disabled={isBusy || errors.length > 0} onCancel={onCancel} />
    </form>
  );
}
