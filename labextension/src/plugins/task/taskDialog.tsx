/** The form of a task as a dialog. It stays until the tag is written. */
import { Dialog, ReactWidget } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';

import { textOf } from '../../api/errors';
import type { ContractView } from '../../core/wire.gen';
import type { ITaskEntry } from './entry';
import type { ITarget } from './targets';
import { TaskForm } from './TaskForm';

/** Ask how *target* is a task, and write it; *then* is called when it was. */
export async function askForTask(target: ITarget, then: () => void, trans: TranslationBundle): Promise<void> {
  const [entry, contract] = await Promise.all([target.entry(), target.contract().catch(() => null)]);
  const form = new TaskFormWidget(target, entry, contract, trans, isDone => {
    dialog.reject();
    if (isDone) {
      then();
    }
  });
  const dialog = new Dialog<void>({
    title: trans.__('%1 as a task', target.path),
    body: form,
    buttons: [],
    hasClose: true,
    focusNodeSelector: 'input'
  });
  dialog.addClass('jp-Flow-dialog');
  await dialog.launch();
}

class TaskFormWidget extends ReactWidget {
  constructor(
    private readonly _target: ITarget, private readonly _entry: ITaskEntry | null,
    private readonly _contract: ContractView | null, private readonly _trans: TranslationBundle,
    private readonly _end: (isDone: boolean) => void
  ) {
    super();
    this.addClass('jp-Flow-dialogBody');
    this._trouble = _contract ? '' : _trans.__('The notebook could not be read as it was saved last.');
  }

  protected override render(): JSX.Element {
    return (
      <TaskForm
        entry={this._entry ?? this._suggested}
        isTagged={this._entry !== null}
        contract={this._contract}
        trouble={this._trouble}
        isBusy={this._isBusy}
        trans={this._trans}
        onSave={entry => void this._do(() => this._target.tag(entry))}
        onUntag={() => void this._do(() => this._target.untag())}
        onCancel={() => this._end(false)}
      />
    );
  }

  private get _suggested(): ITaskEntry {
    return { task: this._contract?.suggested ?? '', description: '', retries: '', timeout: '', trigger: '' };
  }

  private async _do(write: () => Promise<void>): Promise<void> {
    this._isBusy = true;
    this.update();
    try {
      await write();
      this._end(true);
    } catch (error) {
      this._trouble = textOf(error);
      this._isBusy = false;
      this.update();
    }
  }

  private _trouble: string;
  private _isBusy = false;
}
