/** Runs of any size, made up: for what no real run is large enough for. */
import type { RunPage, TaskRunView, TaskView } from '../src/core/wire.gen';

const START = Date.parse('2026-03-01T06:00:00Z');

/** A random number between 0 and 1, the same each time. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
}

const WORDS = ['load', 'clean', 'join', 'features', 'train', 'score', 'report', 'export', 'check', 'split', 'encode', 'merge'];

export function madeFlow(size: number): TaskView[] {
  const chance = random(size);
  const wide = Math.max(2, Math.round(Math.sqrt(size) * 0.7));
  const tasks: TaskView[] = [];
  for (let at = 0; at < size; at++) {
    const layer = Math.floor(at / wide);
    const before = tasks.slice(Math.max(0, (layer - 1) * wide), layer * wide);
    const upstream = before.filter((_, place) => Math.abs(place - (at % wide)) < 2 && chance() < 0.55).map(task => task.name);
    tasks.push({
      name: `${WORDS[at % WORDS.length] ?? ''}_${at}`,
      kind: 'notebook', what: `${WORDS[at % WORDS.length] ?? ''}.ipynb`, rules: [], is_mapped: at % 17 === 11,
      upstream: upstream.length || layer === 0 ? upstream : before.slice(at % wide, (at % wide) + 1).map(task => task.name),
      source: 'x.ipynb', retries: 0, form: []
    });
  }
  return tasks;
}

/** A run of `size` tasks, some of it done, `now` in the middle of it. */
export function madePage(size: number, now: number, share = 0.62, seed = 7): RunPage {
  const tasks = madeFlow(size);
  const chance = random(seed);
  const shift = now - START - 600_000;
  const runs: TaskRunView[] = [];
  const state = new Map<string, string>();
  const ends = new Map<string, number>();
  tasks.forEach((task, at) => {
    const needs = task.upstream.map(name => state.get(name) ?? 'pending');
    const isBad = needs.some(each => each === 'failed' || each === 'upstream_failed');
    const isReady = needs.every(each => each === 'succeeded' || each === 'restored');
    const told = isBad ? 'upstream_failed' : !isReady ? 'pending' : at / size < share
      ? (chance() < 3 / size / 4 ? 'failed' : chance() < 0.1 ? 'restored' : 'succeeded')
      : chance() < 0.6 ? 'running' : 'queued';
    state.set(task.name, told);
    const start = Math.max(START, ...task.upstream.map(name => ends.get(name) ?? START)) + chance() * 4000;
    const end = start + 3000 + chance() * 40_000;
    ends.set(task.name, end);
    const width = task.is_mapped ? 12 : 1;
    for (let index = 0; index < width; index++) {
      const own = told === 'running' && width > 1 ? (['succeeded', 'running', 'queued'][index % 3] ?? 'queued') : told;
      const ran = ['running', 'succeeded', 'failed'].includes(own);
      runs.push({
        task: task.name, index: width > 1 ? index : null, state: own, reason: '', due_at: null,
        item: width > 1 ? { model: `m${index}` } : {}, values: {},
        attempts: ran ? [{
          number: 1, started_at: new Date((own === 'running' ? now - 20_000 - chance() * 50_000 : start + shift)).toISOString(),
          ended_at: own === 'running' ? null : new Date(end + shift).toISOString(),
          outcome: own === 'running' ? null : own, failure: null, cell: own === 'succeeded' ? 20 : 1 + Math.floor(chance() * 18), cells: 20,
          notebook: 'x.ipynb', parameters: {}, cpu: 1, memory: 1e8, child: ''
        }] : [],
        origin: null
      });
    }
  });
  const counts: Record<string, number> = {};
  runs.forEach(each => (counts[each.state] = (counts[each.state] ?? 0) + 1));
  return {
    seq: 1, params: { day: '2026-03-01', rows: 5000 },
    run: {
      id: `20260301-0600-${size}`, flow: 'nightly', source: 'nightly.ipynb', state: share < 1 ? 'running' : 'succeeded', reason: '',
      logical_date: '2026-03-01T06:00:00+00:00', created_at: new Date(START + shift).toISOString(), started_at: new Date(START + shift).toISOString(),
      ended_at: share < 1 ? null : new Date(now).toISOString(), tasks: counts, schedule: 'nightly', backfill: null, parent: null, is_left: false
    },
    flow: { name: 'nightly', address: 'nightly.ipynb::nightly', source: 'nightly.ipynb', description: '', tasks, params: [], problems: [], schedule: null, tz: null, on_update: '', groups: [] },
    task_runs: runs
  };
}
