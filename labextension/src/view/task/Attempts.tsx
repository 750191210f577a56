/** The attempts of a task run, to choose from: number, how it ended, how long it took. */
import type { AttemptView } from '../../core/wire.gen';
import { duration, outcomeWord } from '../../core/words';
import { useNow } from '../now';
import { Sign } from '../Sign';

export interface IAttemptsProps {
  readonly attempts: readonly AttemptView[];
  readonly current: AttemptView | null;
  readonly onChange: (number: number) => void;
}

export function Attempts({ attempts, current, onChange }: IAttemptsProps): JSX.Element {
  const now = useNow(attempts.some(each => each.ended_at === null));
  return (
    <div className="jp-Flow-attempts" role="radiogroup" aria-label="attempts">
      {attempts.map(each => {
        const end = each.ended_at === null ? now : Date.parse(each.ended_at);
        const spent = duration((end - Date.parse(each.started_at)) / 1000);
        const word = outcomeWord(each.outcome) || 'running';
        return (
          <label key={each.number} className="jp-Flow-attempt" title={`attempt ${each.number} ${word}`}>
            <input type="radio" name="attempt" checked={each === current} onChange={() => onChange(each.number)} />
            <Sign state={stateOf(each)} isMute /> {each.number} <span className="jp-Flow-soft">{word === 'running' ? 'for' : word} {spent}</span>
          </label>
        );
      })}
    </div>
  );
}

/** The state whose sign an attempt has. */
export function stateOf(attempt: AttemptView): string {
  if (attempt.outcome === null) {
    return 'running';
  }
  return attempt.outcome === 'succeeded' || attempt.outcome === 'cancelled' ? attempt.outcome : 'failed';
}
