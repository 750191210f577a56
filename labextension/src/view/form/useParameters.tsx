/** The parameters of a flow as fields of a form; empty means the default. Read when the form is sent. */
import { useId, useMemo, useState } from 'react';

import type { ParameterView } from '../../core/wire.gen';
import { Field } from './Field';
import { fieldOf, readField, written } from './fields';
import type { IField } from './fields';

export interface IParameters {
  readonly fields: readonly JSX.Element[];
  /** What was typed, by name. Null when some of it is wrong: then that is shown, and has the focus. */
  readonly read: () => Readonly<Record<string, unknown>> | null;
}

/** *given* is what the fields have at first: values, or texts as somebody typed them. */
export function useParameters(parameters: readonly ParameterView[], given: Readonly<Record<string, unknown>>): IParameters {
  const id = useId();
  const fields = useMemo(() => parameters.map(fieldOf), [parameters]);
  const [typed, setTyped] = useState<Readonly<Record<string, string>>>(() => beginning(fields, given));
  const [wasSent, setSent] = useState(false);
  const results = fields.map(field => {
    const { name } = field.parameter;
    const text = typed[name] ?? '';
    return { field, name, text, result: readField(field, text) };
  });
  const read = (): Readonly<Record<string, unknown>> | null => {
    setSent(true);
    const wrong = results.find(({ result }) => result && 'problem' in result);
    if (wrong) {
      document.getElementById(`${id}-${wrong.name}`)?.focus();
      return null;
    }
    return Object.fromEntries(results.flatMap(({ name, result }) => (result && 'value' in result ? [[name, result.value]] : [])));
  };
  const shown = results.map(({ field, name, text, result }) => (
    <Field
      key={name}
      id={`${id}-${name}`}
      field={field}
      typed={text}
      problem={result && 'problem' in result && (wasSent || text !== '') ? result.problem : ''}
      onType={next => setTyped(before => ({ ...before, [name]: next }))}
    />
  ));
  return { fields: shown, read };
}

function beginning(fields: readonly IField[], given: Readonly<Record<string, unknown>>): Record<string, string> {
  const typed: Record<string, string> = {};
  for (const field of fields) {
    const { name, default: usual } = field.parameter;
    // A field for days shows no placeholder: its default is filled in.
    const value = given[name] ?? (field.kind === 'date' || field.kind === 'datetime' ? (usual ?? undefined) : undefined);
    if (value !== undefined) {
      typed[name] = typedOf(field, value);
    }
  }
  return typed;
}

function typedOf({ kind, choices }: IField, value: unknown): string {
  const text = written(value);
  if (kind === 'choice') {
    const at = choices.findIndex(each => written(each) === text);
    return at < 0 ? '' : String(at);
  }
  return kind === 'bool' ? text.toLowerCase() : text;
}
