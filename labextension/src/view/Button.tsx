/** A quiet button: an icon, a word, or both. Without something to do there is no button. */
import { Icon } from './Icon';
import type { IconName } from './Icon';

export interface IButtonProps {
  readonly label: string;
  readonly icon?: IconName;
  /** Only the icon is shown; the label is its name. */
  readonly iconOnly?: boolean;
  readonly tone?: 'plain' | 'main' | 'bad';
  readonly title?: string;
  readonly isOn?: boolean;
  readonly disabled?: boolean;
  readonly onClick?: (() => void) | undefined;
}

export function Button({ label, icon, iconOnly, tone = 'plain', title, isOn, disabled, onClick }: IButtonProps): JSX.Element | null {
  if (!onClick) {
    return null;
  }
  return (
    <button
      type="button"
      className={`jp-Flow-button jp-Flow-button-${tone}`}
      data-icon={iconOnly || undefined}
      aria-label={iconOnly ? label : undefined}
      aria-pressed={isOn}
      title={title ?? (iconOnly ? label : undefined)}
      disabled={disabled}
      onClick={onClick}
    >
      {icon ? <Icon name={icon} /> : null}
      {iconOnly ? null : <span>{label}</span>}
    </button>
  );
}
