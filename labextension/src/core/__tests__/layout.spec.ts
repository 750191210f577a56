// @vitest-environment node
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { layout, MOST_TASKS } from '../layout';
import type { ILaidTask, ILayout, ILayoutOptions } from '../layout';

const LR: ILayoutOptions = { direction: 'LR', width: 180, height: 46 };
const TB: ILayoutOptions = { ...LR, direction: 'TB' };

const DIAMOND: ILaidTask[] = [
  { name: 'load', upstream: [] },
  { name: 'train', upstream: ['load'] },
  { name: 'check', upstream: ['load'] },
  { name: 'report', upstream: ['train', 'check'] }
];

/** `count` tasks, each of which needs some of those before it. */
function flowOf(count: number, needs: readonly number[]): ILaidTask[] {
  return Array.from({ length: count }, (_, at) => ({
    name: `t${at}`,
    upstream: at ? needs.map(each => `t${(each * 7919 + at * 31) % at}`) : []
  }));
}

const flows = fc
  .tuple(fc.oneof(fc.integer({ min: 1, max: 20 }), fc.constant(MOST_TASKS + 20)), fc.array(fc.nat(1000), { maxLength: 2 }))
  .map(([count, needs]) => flowOf(count, needs));

function spotOf({ spots }: ILayout, name: string): { x: number; y: number } {
  const spot = spots.find(each => each.id === name);
  if (!spot) {
    throw new Error(`${name} is not drawn`);
  }
  return spot;
}

describe('a layout', () => {
  it('draws every task once, behind all that it needs, and none over another', () => {
    fc.assert(
      fc.property(flows, fc.constantFrom(LR, TB), (tasks, options) => {
        const made = layout(tasks, options);
        expect(made.spots.map(each => each.id)).toEqual(tasks.map(each => each.name));
        const spots = new Map(made.spots.map(each => [each.id, each]));
        const deep = options === LR ? 'x' : 'y';
        const size = options === LR ? options.width : options.height;
        for (const { name, upstream } of tasks) {
          for (const each of upstream) {
            expect((spots.get(name)?.[deep] ?? 0) - (spots.get(each)?.[deep] ?? 0)).toBeGreaterThanOrEqual(size);
          }
        }
        expect(overlaps(made, options)).toEqual([]);
      }),
      { numRuns: 25 }
    );
  });

  it('is made once for flows that look alike', () => {
    expect(layout(structuredClone(DIAMOND), LR)).toBe(layout(DIAMOND, LR));
    expect(layout(DIAMOND, TB)).not.toBe(layout(DIAMOND, LR));
  });

  it('goes to the right or down', () => {
    const across = layout(DIAMOND, LR);
    const down = layout(DIAMOND, TB);

    expect(spotOf(across, 'train').x).toBe(spotOf(across, 'check').x);
    expect(spotOf(down, 'train').y).toBe(spotOf(down, 'check').y);
    expect(across.width).toBeGreaterThan(3 * LR.width);
    expect(down.height).toBeGreaterThan(3 * LR.height);
  });

  it('draws flows with mistakes too: loops, and tasks that are not there', () => {
    const loop = [{ name: 'a', upstream: ['b', 'a'] }, { name: 'b', upstream: ['a', 'nobody'] }];
    const many = [...flowOf(MOST_TASKS, [1]), ...loop];

    expect(layout(loop, LR).spots).toHaveLength(2);
    expect(layout(many, LR).spots).toHaveLength(MOST_TASKS + 2);
    expect(layout([], LR)).toEqual({ spots: [], width: 0, height: 0 });
  });

  it('of a thousand tasks puts no two in one place', () => {
    const { spots } = layout(flowOf(1000, [1, 2]), LR);

    expect(new Set(spots.map(spot => `${spot.x} ${spot.y}`)).size).toBe(1000);
  });

  it('of a chain or a fan of thousands works', () => {
    const chain = Array.from({ length: 3000 }, (_, at) => ({ name: `c${at}`, upstream: at ? [`c${at - 1}`] : [] }));
    const fan = Array.from({ length: 3000 }, (_, at) => ({ name: `f${at}`, upstream: at ? ['f0'] : [] }));

    expect(layout(chain, LR).height).toBe(LR.height);
    expect(layout(fan.slice(0, 100), LR).width).toBeLessThan(3 * LR.width);
  });

  it.each([LR, TB])('of a fan of thousands is a block that can be seen as a whole: %o', options => {
    const fan = Array.from({ length: 3000 }, (_, at) => ({ name: `f${at}`, upstream: at ? ['f0'] : [] }));
    const made = layout([...fan, { name: 'last', upstream: fan.map(each => each.name) }], options);
    const [deep, size] = options === LR ? (['x', options.width] as const) : (['y', options.height] as const);
    const depths = fan.slice(1).map(each => spotOf(made, each.name)[deep]);

    expect(overlaps(made, options)).toEqual([]);
    expect(Math.max(made.width / made.height, made.height / made.width)).toBeLessThan(2);
    expect(spotOf(made, 'f0')[deep] + size).toBeLessThan(Math.min(...depths));
    expect(Math.max(...depths) + size).toBeLessThan(spotOf(made, 'last')[deep]);
  });
});

function overlaps({ spots }: ILayout, { width, height }: ILayoutOptions): string[] {
  const near = [...spots].sort((a, b) => a.x - b.x);
  return near.flatMap((left, place) => {
    const found = [];
    for (const right of near.slice(place + 1)) {
      if (right.x >= left.x + width - 0.001) {
        break;
      }
      if (Math.abs(right.y - left.y) < height - 0.001) {
        found.push(`${left.id} ${right.id}`);
      }
    }
    return found;
  });
}
