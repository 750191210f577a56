/** One field of the form: its name, its input, its help or what is wrong with what was typed. */
import type { IField } from './fields';
import { written } from './fields';

export interface IFieldProps {
  readonly id: string;
  readonly field: IField;
  readonly typed: string;
  readonly problem: string;
  readonly onType: (text: string) => void;
}

export function Field({ id, field, typed, problem, onType }: IFieldProps): JSX.Element {
  const { parameter } = field;
  const note = problem || parameter.help;
  return (
    <div className="jp-Flow-field">
      <label htmlFor={id} className="jp-Flow-fieldName">
        {parameter.name} <span className="jp-Flow-soft">{parameter.type}{parameter.is_required ? ', needed' : ''}</span>
      </label>
      <Input id={id} field={field} typed={typed} problem={problem} onType={onType} />
      {note ? <span id={`${id}-note`} className={problem ? 'jp-Flow-reason' : 'jp-Flow-soft'} data-tone={problem ? 'bad' : undefined} role={problem ? 'alert' : undefined}>{note}</span> : null}
    </div>
  );
}

const TYPES: Readonly<Record<string, string>> = { date: 'date', datetime: 'datetime-local' };

function Input({ id, field, typed, problem, onType }: IFieldProps): JSX.Element {
  const { parameter, kind } = field;
  const common = {
    id, className: 'jp-Flow-input', value: typed, 'aria-invalid': problem ? true : undefined,
    'aria-describedby': problem || parameter.help ? `${id}-note` : undefined
  };
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
