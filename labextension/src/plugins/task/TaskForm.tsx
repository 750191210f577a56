/** The form that makes a notebook a task, and shows what its parameters cell declares. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { useState } from 'react';
import type { ReactNode } from 'react';

import type { ContractView, ParameterView } from '../../core/wire.gen';
import { Button } from '../../view/Button';
import { TRIGGERS, wrongWith } from './entry';
import type { ITaskEntry } from './entry';

export interface ITaskFormProps {
  readonly entry: ITaskEntry;
  readonly isTagged: boolean;
  /** Null when the notebook could not be read, with why. */
  readonly contract: ContractView | null;
  readonly trouble: string;
  readonly isBusy: boolean;
  readonly trans: TranslationBundle;
  readonly onSave: (entry: ITaskEntry) => void;
  readonly onUntag: () => void;
  readonly onCancel: () => void;
}

export function TaskForm(props: ITaskFormProps): JSX.Element {
  const { isTagged, contract, trouble, isBusy, trans, onSave, onUntag, onCancel } = props;
  const [entry, setEntry] = useState(props.entry);
  const wrong = wrongWith(entry);
  const isFine = Object.keys(wrong).length === 0;
  const set = (name: keyof ITaskEntry) => (value: string): void => setEntry({ ...entry, [name]: value });
  return (
    <form
      className="jp-Flow jp-Flow-taskForm"
      onSubmit={event => {
        event.preventDefault();
        if (isFine && !isBusy) {
          onSave(entry);
        }
      }}
    >
      <Field label={trans.__('Name')} hint={trans.__('what a flow calls it')} wrong={wrong.task}>
        <Text value={entry.task} onChange={set('task')} isFirst />
      </Field>
      <Field label={trans.__('Description')} hint={trans.__('shown where the task is shown')}>
        <Text value={entry.description} onChange={set('description')} />
      </Field>
      <div className="jp-Flow-fields">
        <Field label={trans.__('Retries')} hint={trans.__('how often a failure is tried again')} wrong={wrong.retries}>
          <Text value={entry.retries} onChange={set('retries')} placeholder="0" />
        </Field>
        <Field label={trans.__('Timeout')} hint={trans.__('how long an attempt may take')} wrong={wrong.timeout}>
          <Text value={entry.timeout} onChange={set('timeout')} placeholder={trans.__('no limit, or 20m')} />
        </Field>
      </div>
      <Field label={trans.__('Trigger')} hint={trans.__('when it may start, given how what it needs has ended')}>
        <select className="jp-mod-styled" value={entry.trigger} onChange={event => set('trigger')(event.target.value)}>
          <option value="">all_success: {TRIGGERS['all_success']}</option>
          {Object.entries(TRIGGERS).slice(1).map(([name, meaning]) => (
            <option key={name} value={name}>{name}: {meaning}</option>
          ))}
        </select>
      </Field>
      {contract ? <Contract contract={contract} trans={trans} /> : null}
      {trouble ? <p className="jp-Flow-trouble" role="alert">{trouble}</p> : null}
      <div className="jp-Flow-formButtons">
        <Button label={trans.__('Not a task')} tone="bad" title={trans.__('take the tag away')} disabled={isBusy} onClick={isTagged ? onUntag : undefined} />
        <span className="jp-Flow-gap" />
        <Button label={trans.__('Cancel')} onClick={onCancel} />
        <button type="submit" className="jp-Flow-button jp-Flow-button-main" disabled={!isFine || isBusy}>
          {isTagged ? trans.__('Save') : trans.__('Make it a task')}
        </button>
      </div>
    </form>
  );
}

interface IFieldProps {
  readonly label: string;
  readonly hint: string;
  readonly wrong?: string | undefined;
  readonly children: ReactNode;
}

function Field({ label, hint, wrong, children }: IFieldProps): JSX.Element {
  return (
    <label className="jp-Flow-field">
      <span className="jp-Flow-fieldLabel">{label}</span>
      {children}
      <span className="jp-Flow-fieldHint" data-wrong={wrong ? true : undefined} role={wrong ? 'alert' : undefined}>{wrong ?? hint}</span>
    </label>
  );
}

interface ITextProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly placeholder?: string;
  readonly isFirst?: boolean;
}

function Text({ value, onChange, placeholder, isFirst }: ITextProps): JSX.Element {
  return (
    <input
      type="text"
      className="jp-mod-styled"
      value={value}
      placeholder={placeholder}
      autoFocus={isFirst}
      spellCheck={false}
      onChange={event => onChange(event.target.value)}
    />
  );
}

/** What the notebook takes and gives; to be read only, since its cells say it. */
function Contract({ contract, trans }: { contract: ContractView; trans: TranslationBundle }): JSX.Element {
  return (
    <section className="jp-Flow-contract" aria-label={trans.__('what it takes and gives')}>
      <h3>{trans.__('Takes')}</h3>
      {contract.parameters.length === 0
        ? <p>{trans.__('No parameters: no cell of it is tagged “parameters”.')}</p>
        : (
          <table>
            <tbody>
              {contract.parameters.map(each => (
                <tr key={each.name}>
                  <th scope="row"><code>{each.name}</code></th>
                  <td><code>{each.type}</code></td>
                  <td>{each.is_required ? trans.__('required') : <code>{defaultOf(each)}</code>}</td>
                  <td>{each.help}</td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      <h3>{trans.__('Gives')}</h3>
      <p>{contract.outputs.length ? contract.outputs.map(each => <code key={each}>{each} </code>) : trans.__('No values.')}</p>
    </section>
  );
}

/** A default as its cell has it: the source text, where that is what was told. */
function defaultOf({ default: value }: ParameterView): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
