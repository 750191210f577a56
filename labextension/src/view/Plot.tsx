/** A number over runs, as a small line with its dots. */
import { brief } from './numbers';

export interface IPlotProps {
  readonly title: string;
  readonly labels: readonly string[];
  /** Null where a run has none. */
  readonly values: readonly (number | null)[];
}

const WIDTH = 560;
const HEIGHT = 120;
const LEFT = 56;
const PAD = 12;

export function Plot({ title, labels, values }: IPlotProps): JSX.Element {
  const numbers = values.filter(each => each !== null);
  const least = Math.min(...numbers);
  const most = Math.max(...numbers);
  const x = (at: number): number => LEFT + (at / Math.max(1, values.length - 1)) * (WIDTH - LEFT - PAD);
  const y = (value: number): number => (most === least ? HEIGHT / 2 : HEIGHT - PAD - ((value - least) / (most - least)) * (HEIGHT - 2 * PAD));
  const points = values.flatMap((value, at) => (value === null ? [] : [{ at, value }]));
  const told = `${title} over ${values.length} runs: from ${brief(numbers[0] ?? 0)} to ${brief(numbers[numbers.length - 1] ?? 0)}, at least ${brief(least)}, at most ${brief(most)}`;
  return (
    <figure className="jp-Flow-plot">
      <figcaption className="jp-Flow-mono">{title}</figcaption>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={told}>
        {(most === least ? [most] : [least, most]).map(value => (
          <g key={value}>
            <line x1={LEFT} x2={WIDTH - PAD} y1={y(value)} y2={y(value)} className="rule" />
            <text x={LEFT - 8} y={y(value) + 4} textAnchor="end">{brief(value)}</text>
          </g>
        ))}
        <polyline points={points.map(each => `${x(each.at)},${y(each.value)}`).join(' ')} />
        {points.map(each => (
          <circle key={each.at} cx={x(each.at)} cy={y(each.value)} r="3.5"><title>{`${labels[each.at] ?? ''}: ${brief(each.value)}`}</title></circle>
        ))}
      </svg>
    </figure>
  );
}
