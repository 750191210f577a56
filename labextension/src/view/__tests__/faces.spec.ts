import { expect, it } from 'vitest';

import { elapsed, facesOf, progress, sentence } from '../faces';
import { criticalPath } from '../graph/critical';
import { matching, noQuery, statesIn } from '../graph/query';
import { FAILED, RUNNING, SUCCEEDED } from './pages';

const now = Date.parse('2030-01-01T00:00:00Z');

it('makes one face of all instances of a mapped task', () => {
  const face = facesOf(FAILED).get('models');

  expect(face?.width).toBe(3);
  expect(face?.counts).toEqual({ succeeded: 2, failed: 1 });
  expect(face?.state).toBe('failed');
  expect(face && progress(face)).toBe('3/3 done');
});

it('keeps the faces of tasks that did not change', () => {
  const before = facesOf(RUNNING);
  const [first, ...rest] = RUNNING.task_runs;
  const changed = first ? [{ ...first, state: 'running' }, ...rest] : rest;
  const after = facesOf({ ...RUNNING, task_runs: changed }, before);

  expect(after.get('clean')).toBe(before.get('clean'));
  expect(after.get('extract')).not.toBe(before.get('extract'));
});

it('says all there is to say in a sentence', () => {
  const face = facesOf(SUCCEEDED).get('clean');

  expect(face && sentence(face, now)).toMatch(/^Task clean: succeeded, in \d.*\. Waits for extract\.$/);
});

it('measures a task by its last attempt, and a mapped one from its first to its last', () => {
  const faces = facesOf(FAILED);
  const models = faces.get('models');
  const clean = faces.get('clean');

  expect(models && elapsed(models, now)).toBeGreaterThan(4);
  expect(clean && elapsed(clean, now)).toBeLessThan(4);
});

it('finds the longest chain of tasks', () => {
  const path = criticalPath(facesOf(SUCCEEDED), now);

  expect([...path].reverse().slice(0, 4)).toEqual(['extract', 'clean', 'features', 'models']);
  expect(path.has('weather')).toBe(false);
});

it.each([
  [{ text: 'MOD' }, ['models']],
  [{ states: ['failed'] }, ['models']],
  [{ states: ['failed', 'upstream_failed'] }, ['models', 'evaluate', 'deploy']],
  [{ text: 'clean', states: ['failed'] }, []]
])('finds tasks by %o', (query, expected) => {
  expect([...(matching(facesOf(FAILED), { ...noQuery, ...query }) ?? [])].sort()).toEqual([...expected].sort());
});

it('counts tasks and instances as the head of the run does', () => {
  const counted = statesIn(facesOf(FAILED));

  expect(Object.fromEntries(counted)).toEqual(Object.fromEntries(Object.entries(FAILED.run.tasks).filter(([, number]) => number)));
  expect([...counted.keys()].slice(0, 2)).toEqual(['failed', 'upstream_failed']);
});

it('finds nothing when nothing is looked for', () => {
  expect(matching(facesOf(FAILED), noQuery)).toBeNull();
});
