/** The three things that can be watched: a run, the list of runs, an attempt. */
import type { LogEvent, NotebookEvent, RunEvent, RunsEvent } from '../core/wire.gen';
import type { ITopic } from './stream';

/** An attempt of a task in a run. */
export interface IAttemptName {
  readonly run: string;
  readonly task: string;
  readonly index: number | null;
  readonly number: number;
}

/** The events of a run after `seen()`. */
export function runTopic(run: string, seen: () => number, heard: (event: RunEvent) => void): ITopic {
  return {
    key: `run ${run}`,
    request: () => ({ kind: 'watch_run', run, after: seen() }),
    end: { kind: 'unwatch', run, task: null, index: null, number: null },
    isAbout: event => event.kind === 'run_event' && event.run === run,
    heard: event => heard(event as RunEvent)
  };
}

/** The newest runs, then those that change. */
export function runsTopic(limit: number, heard: (event: RunsEvent) => void): ITopic {
  return {
    key: 'runs',
    request: () => ({ kind: 'watch_runs', limit }),
    end: { kind: 'unwatch', run: null, task: null, index: null, number: null },
    isAbout: event => event.kind === 'runs_event',
    heard: event => heard(event as RunsEvent)
  };
}

/** The log of an attempt from byte `start()`, and word of each save of its notebook. */
export function attemptTopic(
  name: IAttemptName, start: () => number, heard: (event: LogEvent | NotebookEvent) => void
): ITopic {
  return {
    key: `attempt ${name.run} ${name.task} ${name.index} ${name.number}`,
    request: () => ({ kind: 'watch_attempt', ...name, start: start() }),
    end: { kind: 'unwatch', ...name },
    isAbout: event => (event.kind === 'log_event' || event.kind === 'notebook_event')
      && event.run === name.run && event.task === name.task
      && event.index === name.index && event.number === name.number,
    heard: event => heard(event as LogEvent | NotebookEvent)
  };
}
