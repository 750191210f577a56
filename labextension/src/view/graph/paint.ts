/**
 * A large graph on a canvas: its edges, and its boxes as far as nobody draws them one by one. Ten
 * thousand boxes are painted in some milliseconds; as elements of a page they take many seconds.
 */
import type { TaskView } from '../../core/wire.gen';
import type { Tone } from '../../core/words';
import type { Faces } from '../faces';
import { TONE_COLOURS, toneOf } from '../tones';
import { NODE_HEIGHT, NODE_WIDTH } from './elements';
import { lookOf } from './looks';
import type { EdgeLook } from './looks';
import type { IPlaces } from './places';
import { boundsOf, isWithin } from './sight';
import type { IView } from './sight';
import type { ISpot } from './walk';

/** What there is to paint. */
export interface IPicture {
  readonly places: IPlaces;
  readonly tasks: readonly TaskView[];
  readonly faces: Faces;
  readonly matches: ReadonlySet<string> | null;
  readonly critical: ReadonlySet<string>;
  readonly chosen: string | null;
}

export interface IPalette {
  readonly tones: Readonly<Record<Tone, string>>;
  readonly line: string;
  readonly ink: string;
  readonly paper: string;
}

/** From here on names can be read. */
const NAMED = 0.2;
/** A path of more lines takes longer than several. */
const LINES = 400;
/** What is to be seen above all is painted last. */
const ORDER: readonly Tone[] = ['quiet', 'good', 'warn', 'active', 'bad'];
const FADED = 0.2;

/** The colours of a place on the page, as a canvas takes them. */
export function paletteOf(element: HTMLElement): IPalette {
  const colour = (said: string): string => {
    element.style.color = said;
    return getComputedStyle(element).color;
  };
  const tones = Object.fromEntries(ORDER.map(tone => [tone, colour(TONE_COLOURS[tone])])) as Record<Tone, string>;
  return { tones, line: colour('var(--jp-border-color0, #9e9e9e)'), ink: colour('var(--jp-flow-ink)'), paper: colour('var(--jp-flow-paper)') };
}

interface ILine {
  readonly from: ISpot;
  readonly to: ISpot;
}

/** The edges of a graph by their look; those of what is chosen, and on the critical path, apart. */
export function linesOf({ places, tasks, faces, critical, chosen }: IPicture): ReadonlyMap<EdgeLook | 'marked', readonly ILine[]> {
  const lines = new Map<EdgeLook | 'marked', ILine[]>();
  for (const { name, upstream } of tasks) {
    const to = places.walk.spots.get(name);
    for (const each of upstream) {
      const from = places.walk.spots.get(each);
      if (from && to) {
        const isMarked = chosen === name || chosen === each || (critical.has(name) && critical.has(each));
        const look = isMarked ? 'marked' : lookOf(faces.get(each), faces.get(name));
        const known = lines.get(look);
        if (known) {
          known.push({ from, to });
        } else {
          lines.set(look, [{ from, to }]);
        }
      }
    }
  }
  return lines;
}

/** Paints the edges; while boxes are `far`, from one end to the other and however long. */
export function paintLines(context: CanvasRenderingContext2D, lines: ReturnType<typeof linesOf>, view: IView, isAcross: boolean, palette: IPalette, far: boolean): void {
  const bounds = boundsOf(view);
  const colours = { idle: palette.line, done: palette.line, active: palette.tones.active, bad: palette.tones.bad, marked: palette.ink };
  for (const look of ['idle', 'done', 'bad', 'active', 'marked'] as const) {
    const isMarked = look === 'marked';
    const found = (lines.get(look) ?? []).filter(({ from, to }) => far || isMarked || isWithin(from, bounds) || isWithin(to, bounds));
    context.strokeStyle = colours[look];
    context.globalAlpha = isMarked ? 1 : far ? 0.3 : 0.75;
    context.lineWidth = isMarked ? Math.max(2, 1.4 / view.zoom) : Math.max(1.2, 0.7 / view.zoom);
    for (let at = 0; at < found.length; at += LINES) {
      context.beginPath();
      found.slice(at, at + LINES).forEach(line => trace(context, line, isAcross, far));
      context.stroke();
    }
  }
  context.globalAlpha = 1;
}

function trace(context: CanvasRenderingContext2D, { from, to }: ILine, isAcross: boolean, isStraight: boolean): void {
  const [x1, y1] = isAcross ? [from.x + NODE_WIDTH, from.y + NODE_HEIGHT / 2] : [from.x + NODE_WIDTH / 2, from.y + NODE_HEIGHT];
  const [x2, y2] = isAcross ? [to.x, to.y + NODE_HEIGHT / 2] : [to.x + NODE_WIDTH / 2, to.y];
  context.moveTo(x1, y1);
  if (isStraight) {
    context.lineTo(x2, y2);
  } else if (isAcross) {
    context.bezierCurveTo((x1 + x2) / 2, y1, (x1 + x2) / 2, y2, x2, y2);
  } else {
    context.bezierCurveTo(x1, (y1 + y2) / 2, x2, (y1 + y2) / 2, x2, y2);
  }
}

/** Paints the boxes that can be seen, none smaller than a dot. */
export function paintBoxes(context: CanvasRenderingContext2D, { places, faces, matches, critical, chosen }: IPicture, view: IView, palette: IPalette): void {
  const bounds = boundsOf(view);
  const groups = new Map<Tone, ISpot[]>(ORDER.map(tone => [tone, []]));
  for (const spot of places.spots) {
    if (isWithin(spot, bounds)) {
      groups.get(toneOf(faces.get(spot.id)?.state ?? 'pending'))?.push(spot);
    }
  }
  const dot = 2 / view.zoom;
  const [width, height] = [Math.max(NODE_WIDTH, dot), Math.max(NODE_HEIGHT, dot)];
  for (const tone of ORDER) {
    // What failed among thousands is to be found.
    const more = tone === 'bad' ? Math.max(0, 1.5 / view.zoom) : 0;
    for (const { id, x, y } of groups.get(tone) ?? []) {
      const state = faces.get(id)?.state;
      const strength = matches && !matches.has(id) ? FADED : tone === 'quiet' || state === 'upstream_failed' ? 0.45 : 1;
      const edge = state === 'failed' ? more : 0;
      if (strength < 1) {
        // No edge is to be seen through it.
        [context.globalAlpha, context.fillStyle] = [1, palette.paper];
        context.fillRect(x, y, width, height);
      }
      [context.globalAlpha, context.fillStyle] = [strength, palette.tones[tone]];
      context.fillRect(x - edge, y - edge, width + 2 * edge, height + 2 * edge);
    }
  }
  context.globalAlpha = 1;
  const ring = (id: string, colour: string): void => {
    const spot = places.walk.spots.get(id);
    if (spot) {
      context.strokeStyle = colour;
      context.lineWidth = Math.max(3, 2 / view.zoom);
      context.strokeRect(spot.x - context.lineWidth, spot.y - context.lineWidth, width + 2 * context.lineWidth, height + 2 * context.lineWidth);
    }
  };
  critical.forEach(id => ring(id, palette.ink));
  if (chosen !== null) {
    ring(chosen, palette.tones.active);
  }
}

/** Writes names into the boxes that can be seen, when they can be read. */
export function paintNames(context: CanvasRenderingContext2D, { places }: IPicture, view: IView, palette: IPalette, font: string): void {
  if (view.zoom < NAMED) {
    return;
  }
  const bounds = boundsOf(view);
  context.fillStyle = palette.paper;
  context.font = `600 24px ${font}`;
  context.textBaseline = 'middle';
  for (const spot of places.spots) {
    if (isWithin(spot, bounds)) {
      context.fillText(spot.id, spot.x + 10, spot.y + NODE_HEIGHT / 2, NODE_WIDTH - 20);
    }
  }
}
