/** What a person may ask for. A host leaves out what it cannot do, and there is no button for it. */

export interface IRunActions {
  /** Stop the run, or these tasks (`train`, `train[2]`). */
  cancel?(tasks: readonly string[]): void;
  /** Do again what did not succeed, and what comes after it. */
  repair?(): void;
  /** Do these tasks again, and with `downstream` all that comes after them. */
  clear?(tasks: readonly string[], downstream: boolean): void;
  /** Say by hand how a task ended. */
  mark?(task: string, state: 'succeeded' | 'failed'): void;
  /** Say yes or no to what a task asks; `values` are those of its form that are not as usual. */
  answer?(task: string, yes: boolean, values: Readonly<Record<string, unknown>>): void;
  /** Run the flow once more with the same parameters. */
  again?(): void;
  /** Open an executed notebook, at a cell (from 1) if one is told. */
  openNotebook?(path: string, cell: number | null): void;
  /** Open the source of a task, at a cell (from 1). */
  openSource?(path: string, cell: number | null, cellId: string | null): void;
  /** Open a copy of an executed notebook, run up to the cell that failed, to look into it. */
  openAtFailure?(path: string): void;
  /** Open another run, at a task of it if one is told. */
  openRun?(run: string, task: string | null): void;
  /** Open the notebook that the flow stands in. */
  openFlow?(path: string): void;
}
