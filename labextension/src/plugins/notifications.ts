/**
 * Tells when a run failed (or, if one likes, however it ended), with what to do about it.
 *
 * What is not so any more is not told any longer: a failure goes as soon as its run goes on.
 */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { Notification } from '@jupyterlab/apputils';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import type { IDisposable } from '@lumino/disposable';

import { CommandIDs } from '../commands';
import type { RunView } from '../core/wire.gen';
import { runSign, tally } from '../core/words';
import { IFlows } from '../tokens';

/** Tells how runs ended. */
export const notifications: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-flow:notifications',
  description: 'Tells when a run failed, and offers to open or repair it.',
  autoStart: true,
  requires: [IFlows],
  optional: [ITranslator],
  activate: (app: JupyterFrontEnd, flows: IFlows, translator: ITranslator | null) => {
    const teller = new Teller(app.commands, (translator ?? nullTranslator).load('jupyter_flow'));
    let held: IDisposable | null = null;
    const follow = (): void => {
      const before = held;
      held = flows.settings.notify === 'none' ? null : flows.runs.hold();
      before?.dispose();
    };
    flows.settingsChanged.connect(follow);
    follow();
    flows.runs.changed.connect(({ runs }) => teller.forgetMended(runs ?? []));
    flows.runs.ended.connect((_, run) => {
      const { notify } = flows.settings;
      const isWanted = notify === 'all' || (notify === 'failed' && (run.state === 'failed' || teller.hasToldOf(run.id)));
      if (isWanted) {
        teller.tell(run);
      }
    });
  }
};

/** Remembers which failures are told, to take them back. */
class Teller {
  constructor(private readonly _commands: CommandRegistry, private readonly _trans: TranslationBundle) {}

  /** Whether a failure of the run was told. How a repair of it ends is of interest then. */
  hasToldOf(run: string): boolean {
    return this._failures.has(run);
  }

  /** Take back the failures of runs that go on, or have ended otherwise, since. */
  forgetMended(runs: readonly RunView[]): void {
    runs.filter(each => each.state !== 'failed').forEach(each => this._takeBack(each.id));
  }

  tell(run: RunView): void {
    this._takeBack(run.id);
    const text = `${run.flow} ${runSign(run.state).word}: ${tally(run.tasks)}`;
    const open = {
      label: this._trans.__('Open'),
      caption: this._trans.__('Show the run'),
      callback: () => void this._commands.execute(CommandIDs.openRun, { run: run.id })
    };
    if (run.state !== 'failed') {
      this._failures.delete(run.id);
      Notification.emit(text, 'info', { autoClose: 5000, actions: [open] });
      return;
    }
    const repair = {
      label: this._trans.__('Repair'),
      caption: this._trans.__('Do again what did not succeed'),
      displayType: 'accent' as const,
      callback: () => void this._commands.execute(CommandIDs.repairRun, { run: run.id })
    };
    this._failures.set(run.id, Notification.emit(text, 'error', { autoClose: false, actions: [open, repair] }));
  }

  private _takeBack(run: string): void {
    const failure = this._failures.get(run);
    if (failure) {
      Notification.dismiss(failure);
      this._failures.set(run, '');
    }
  }

  /** The notification of the failure of each run; empty when it was taken back and the run goes on. */
  private readonly _failures = new Map<string, string>();
}
