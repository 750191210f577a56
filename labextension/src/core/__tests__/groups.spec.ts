import { describe, expect, it } from 'vitest';

import { fold, foldedAtFirst, framesOf } from '../groups';
import { layout } from '../layout';
import type { GroupView } from '../wire.gen';
import { task } from './samples';

const group = (name: string, tasks: string[], parent: string | null = null): GroupView => ({ name, tasks, parent });

/** load → [a → [b → c]] → train, with b and c in an inner group. */
const TASKS = [task('load'), task('a', ['load']), task('b', ['a']), task('c', ['b']), task('train', ['c', 'load'])];
const GROUPS = [group('outer', ['a']), group('inner', ['b', 'c'], 'outer')];

const needs = (folded: string[]): string => fold(TASKS, GROUPS, new Set(folded)).tasks
  .map(each => `${each.name}<${each.upstream.join('+')}`).join(' ');

describe('folding', () => {
  it.each([
    [[], 'load< a<load b<a c<b train<c+load'],
    [['inner'], 'load< a<load inner<a train<inner+load'],
    [['outer'], 'load< outer<load train<outer+load'],
    [['outer', 'inner'], 'load< outer<load train<outer+load']
  ])('of %j draws %s', (folded, drawn) => {
    expect(needs(folded)).toBe(drawn);
  });

  it('tells what each task is drawn as, and what is in a frame', () => {
    const folding = fold(TASKS, GROUPS, new Set(['inner']));

    expect(folding.shown.get('c')).toBe('inner');
    expect(folding.folded.get('inner')).toEqual(['b', 'c']);
    expect(folding.open).toEqual([{ name: 'outer', parent: null, nodes: ['a', 'inner'] }]);
    expect(fold(TASKS, GROUPS, new Set(['outer'])).open).toEqual([]);
  });

  it('leaves a flow without groups as it is', () => {
    expect(fold(TASKS, [], new Set()).tasks).toBe(TASKS);
  });

  it('is how groups begin that are large, with what is in their inner ones', () => {
    const many = Array.from({ length: 30 }, (_, at) => `t${at}`);
    const more = Array.from({ length: 11 }, (_, at) => `u${at}`);

    expect([...foldedAtFirst([group('big', many), group('inside', more, 'big'), group('small', ['x'])])]).toEqual(['big']);
  });
});

describe('frames', () => {
  const { open, tasks } = fold(TASKS, GROUPS, new Set());
  const size = { width: 100, height: 40 };

  it('hold what is in their group, and nothing else', () => {
    const { spots } = layout(tasks, { direction: 'LR', ...size }, open);
    const frames = framesOf(open, new Map(spots.map(each => [each.id, each])), size.width, size.height);

    const within = frames.map(frame => spots.filter(({ x, y }) => (
      x >= frame.x && y >= frame.y && x + size.width <= frame.x + frame.width && y + size.height <= frame.y + frame.height
    )).map(each => each.id));
    expect(frames.map(each => each.id)).toEqual(['outer', 'inner']);
    expect(within).toEqual([['a', 'b', 'c'], ['b', 'c']]);
  });

  it('do not touch the boxes of others', () => {
    const wide = [task('x'), ...['p', 'q', 'r'].map(name => task(name, ['x'])), ...['s', 't'].map(name => task(name, ['x']))];
    const groups = fold(wide, [group('g', ['p', 'r'])], new Set()).open;
    const { spots } = layout(wide, { direction: 'LR', ...size }, groups);
    const [frame] = framesOf(groups, new Map(spots.map(each => [each.id, each])), size.width, size.height);

    const touched = spots.filter(({ x, y }) => frame && x < frame.x + frame.width && x + size.width > frame.x
      && y < frame.y + frame.height && y + size.height > frame.y);
    expect(touched.map(each => each.id).sort()).toEqual(['p', 'r']);
  });
});
