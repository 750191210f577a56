/**
 * A number over runs: a line with a mark for each run, its shape the sign of the run's state. Where
 * a run has none the line has a gap, and the mark stands at the foot. A click opens the run.
 */
import { useRef, useState } from 'react';

import { zoned } from '../core/time';
import { count, runSign } from '../core/words';
import { stretches } from './points';
import type { IPoint } from './points';
import { shapeOf, Sign } from './Sign';

export interface IPlotProps {
  readonly title: string;
  /** The oldest run first. */
  readonly points: readonly IPoint[];
  /** The run that is on the screen. */
  readonly current: string | null;
  readonly told: (value: number) => string;
  readonly onRun: (id: string) => void;
}

const WIDTH = 640;
const LEFT = 64;
const PAD = 14;
const TOP = 12;
const BOTTOM = 96;
/** Where the marks of runs without a number stand, and where the dates are written. */
const FOOT = 118;
const HEIGHT = 146;
const MARK = 11;

export function Plot({ title, points, current, told, onRun }: IPlotProps): JSX.Element {
  const marks = useRef<SVGGElement>(null);
  const chosen = points.findIndex(each => each.run.id === current);
  const [here, setHere] = useState(chosen < 0 ? points.length - 1 : chosen);
  const numbers = points.flatMap(each => each.value ?? []);
  const [least, most] = [Math.min(...numbers), Math.max(...numbers)];
  const x = (at: number): number => LEFT + PAD + (points.length > 1 ? at / (points.length - 1) : 0.5) * (WIDTH - LEFT - 2 * PAD);
  const y = (value: number | null): number => value === null ? FOOT : most === least ? (TOP + BOTTOM) / 2 : BOTTOM - ((value - least) / (most - least)) * (BOTTOM - TOP);
  const walk = (event: React.KeyboardEvent): void => {
    const move = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const next = here + (move ?? 0);
    if (move && points[next]) {
      event.preventDefault();
      setHere(next);
      marks.current?.querySelectorAll<SVGElement>('[role=button]')[next]?.focus();
    }
  };
  return (
    <figure className="jp-Flow-plot">
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="group" aria-label={`${title} over ${count(points.length, 'run')}${numbers.length ? `: at least ${told(least)}, at most ${told(most)}` : ', none of which has it'}`}>
        {(numbers.length === 0 ? [] : most === least ? [most] : [least, most]).map(value => (
          <g key={value} aria-hidden="true">
            <line x1={LEFT} x2={WIDTH - PAD} y1={y(value)} y2={y(value)} className="rule" />
            <text x={LEFT - 8} y={y(value) + 4} textAnchor="end">{told(value)}</text>
          </g>
        ))}
        {stretches(points).map(places => <polyline key={places[0]} points={places.map(at => `${x(at)},${y(points[at]?.value ?? null)}`).join(' ')} />)}
        <g ref={marks} onKeyDown={walk}>
          {points.map((point, at) => (
            <Mark key={point.run.id} point={point} x={x(at)} y={y(point.value)} told={told} isCurrent={at === chosen} isHere={at === here} onRun={onRun} />
          ))}
        </g>
        <text x={LEFT} y={HEIGHT - 4} aria-hidden="true">{zoned(points[0]?.run.logical_date ?? null)}</text>
        {points.length > 1 ? <text x={WIDTH - PAD} y={HEIGHT - 4} textAnchor="end" aria-hidden="true">{zoned(points.at(-1)?.run.logical_date ?? null)}</text> : null}
      </svg>
      <Legend points={points} />
    </figure>
  );
}

interface IMarkProps {
  readonly point: IPoint;
  readonly x: number;
  readonly y: number;
  readonly told: (value: number) => string;
  readonly isCurrent: boolean;
  readonly isHere: boolean;
  readonly onRun: (id: string) => void;
}

function Mark({ point: { run, value }, x, y, told, isCurrent, isHere, onRun }: IMarkProps): JSX.Element {
  const sign = runSign(run.state);
  const said = `${value === null ? 'no number' : told(value)}, run ${run.id} for ${zoned(run.logical_date)}: ${sign.word}`;
  return (
    <g
      role="button"
      className="jp-Flow-mark"
      tabIndex={isHere ? 0 : -1}
      aria-label={said}
      aria-current={isCurrent || undefined}
      data-tone={sign.tone}
      data-state={run.state}
      data-none={value === null || undefined}
      transform={`translate(${x} ${y})`}
      onClick={() => onRun(run.id)}
      onKeyDown={event => event.key === 'Enter' && onRun(run.id)}
    >
      <title>{said}</title>
      <circle className="halo" r={MARK - 1} />
      <svg className="jp-Flow-sign" viewBox="-8 -8 16 16" x={-MARK / 2} y={-MARK / 2} width={MARK} height={MARK}>{shapeOf(run.state)}</svg>
    </g>
  );
}

/** Which shape stands for what, as far as it is there. */
function Legend({ points }: { points: readonly IPoint[] }): JSX.Element {
  const without = points.filter(each => each.value === null).length;
  return (
    <figcaption className="jp-Flow-soft">
      {[...new Set(points.map(each => each.run.state))].map(state => <Sign key={state} state={state} of="run" word />)}
      {without ? <span>{count(without, 'run')} without it, at the foot</span> : null}
    </figcaption>
  );
}
