import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { RunEvent, RunsEvent } from '../../core/wire.gen';
import { FlowStream } from '../stream';
import { runsTopic, runTopic } from '../topics';
import { FakeSocket, settingsWith } from './fakes';

const event = (run: string, seq: number): RunEvent => ({
  kind: 'run_event', run, seq, at: '', what: '', moves: [], attempt: null, values: null, restored: null, reload: false
});

describe('the stream', () => {
  let stream: FlowStream;

  beforeEach(() => {
    vi.useFakeTimers();
    FakeSocket.all = [];
    stream = new FlowStream(settingsWith());
  });

  afterEach(() => {
    stream.dispose();
    vi.useRealTimers();
  });

  it('is one socket, whatever is watched, and none when nothing is', () => {
    const first = stream.watch(runTopic('a', () => 0, () => {}));
    const second = stream.watch(runsTopic(10, () => {}));
    FakeSocket.last.open();

    expect(FakeSocket.all).toHaveLength(1);
    expect(FakeSocket.last.url).toBe('ws://h/jupyter-flow/stream?token=T');
    expect(FakeSocket.last.sent.map(each => each['kind'])).toEqual(['watch_run', 'watch_runs']);
    first.dispose();
    expect(FakeSocket.last.sent.at(-1)).toMatchObject({ kind: 'unwatch', run: 'a' });
    second.dispose();
    expect(FakeSocket.last.isClosed).toBe(true);
    expect(stream.connection).toBe('off');
  });

  it('brings each event to those who watch for it', () => {
    const seen: number[] = [];
    const lists: RunsEvent[] = [];
    stream.watch(runTopic('a', () => 0, each => seen.push(each.seq)));
    stream.watch(runsTopic(10, each => lists.push(each)));
    FakeSocket.last.open();

    FakeSocket.last.tell(event('a', 1));
    FakeSocket.last.tell(event('b', 2));
    FakeSocket.last.tell({ kind: 'runs_event', runs: [] });

    expect(seen).toEqual([1]);
    expect(lists).toHaveLength(1);
  });

  it('goes on after the last event it saw when the connection broke', () => {
    let seq = 3;
    stream.watch(runTopic('a', () => seq, each => {
      seq = each.seq;
    }));
    FakeSocket.last.open();
    FakeSocket.last.tell(event('a', 7));
    FakeSocket.last.close();

    expect(stream.connection).toBe('broken');
    vi.advanceTimersByTime(1000);
    FakeSocket.last.open();

    expect(FakeSocket.all).toHaveLength(2);
    expect(FakeSocket.last.sent).toEqual([{ kind: 'watch_run', run: 'a', after: 7 }]);
  });

  it('waits longer and longer for a server that is gone, but never longer than a minute', () => {
    stream.watch(runTopic('a', () => 0, () => {}));
    const pauses = Array.from({ length: 12 }, () => {
      FakeSocket.last.close();
      const before = FakeSocket.all.length;
      let waited = 0;
      while (FakeSocket.all.length === before) {
        vi.advanceTimersByTime(100);
        waited += 100;
      }
      return waited;
    });

    expect(pauses[0]).toBeLessThan(1000);
    expect(Math.min(...pauses.slice(-4))).toBeGreaterThan(20_000);
    expect(Math.max(...pauses)).toBeLessThan(60_000);
  });

  it('does not come back for somebody who went away meanwhile', () => {
    const watching = stream.watch(runTopic('a', () => 0, () => {}));
    FakeSocket.last.close();
    watching.dispose();

    vi.advanceTimersByTime(120_000);

    expect(FakeSocket.all).toHaveLength(1);
  });

  it('keeps a thing that two watch until both are gone', () => {
    const first = stream.watch(runTopic('a', () => 0, () => {}));
    stream.watch(runTopic('a', () => 0, () => {}));
    FakeSocket.last.open();

    first.dispose();

    expect(FakeSocket.last.sent.map(each => each['kind'])).not.toContain('unwatch');
  });

  it('tells what the server could not do', () => {
    const told: string[] = [];
    stream.refused.connect((_, problem) => told.push(problem.what));
    stream.watch(runTopic('a', () => 0, () => {}));
    FakeSocket.last.open();

    FakeSocket.last.tell({ kind: 'problem_event', code: 'JF402', what: 'there is no run', hint: '' });

    expect(told).toEqual(['there is no run']);
  });
});
