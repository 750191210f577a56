/** One field of the form: its name, its input, its help or what is wrong with what was typed. */
import type { IField } from './fields';
import { written } from './fields';
import { Labelled, noted } from './Labelled';

export interface IFieldProps {
  readonly id: string;
  readonly field: IField;
  readonly typed: string;
  readonly problem: string;
  readonly onType: (text: string) => void;
}

export function Field({ id, field, typed, problem, onType }: IFieldProps): JSX.Element {
  const { parameter } = field;
  return (
    <Labelled id={id} name={parameter.name} more={`${parameter.type}${parameter.is_required ? ', needed' : ''}`} note={parameter.help} problem={problem}>
      <Input id={id} field={field} typed={typed} problem={problem} onType={onType} />
    </Labelled>
  );
}

const TYPES: Readonly<Record<string, string>> = { date: 'date', datetime: 'datetime-local' };

function Input({ id, field, typed, problem, onType }: IFieldProps): JSX.Element {
  const { parameter, kind } = field;
  const common = { id, className: 'jp-Flow-input', value: typed, ...noted(id, problem, parameter.help !== '') };
  const usual = `default: ${written(parameter.default) || 'none'}`;
  if (kind === 'bool' || kind === 'choice') {
    const choices = kind === 'bool' ? [['true', 'True'], ['false', 'False']] : field.choices.map((each, at) => [String(at), written(each)]);
    const shown = kind === 'bool' ? (parameter.default ? 'True' : 'False') : written(parameter.default);
    return (
      <select {...common} onChange={event => onType(event.target.value)}>
        <option value="">{parameter.is_required ? 'choose' : `default: ${shown}`}</option>
        {choices.map(([value, label]) => <option key={value} value={value}>{label}</option>)}
      </select>
    );
  }
  if (kind === 'json') {
    return <textarea {...common} rows={typed.split('\n').length > 1 ? 4 : 1} spellCheck={false} placeholder={parameter.is_required ? '' : written(parameter.default) || 'JSON'} onChange={event => onType(event.target.value)} />;
  }
  return (
    <input
      {...common}
      type={TYPES[kind] ?? 'text'}
      inputMode={kind === 'int' ? 'numeric' : kind === 'float' ? 'decimal' : undefined}
      placeholder={parameter.is_required ? '' : written(parameter.default) || 'None'}
      title={parameter.is_required ? undefined : usual}
      spellCheck={false}
      onChange={event => onType(event.target.value)}
    />
  );
}
