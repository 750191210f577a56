/** What the forms have in common: why something was refused, and the buttons at the end. */
import { Button } from '../Button';

export function Refusal({ what, hint = '' }: { what: string; hint?: string }): JSX.Element {
  return <p className="jp-Flow-reason" data-tone="bad" role="alert">{what}{hint ? <span className="jp-Flow-soft"> {hint}</span> : null}</p>;
}

export interface IFormActionsProps {
  readonly label: string;
  readonly disabled?: boolean | undefined;
  readonly onCancel?: (() => void) | undefined;
}

export function FormActions({ label, disabled, onCancel }: IFormActionsProps): JSX.Element {
  return (
    <div className="jp-Flow-formButtons">
      <Button label="Cancel" onClick={onCancel} />
      <button type="submit" className="jp-Flow-button jp-Flow-button-main" disabled={disabled}>{label}</button>
    </div>
  );
}
