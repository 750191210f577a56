/** A run as a tab of the main area. Its title tells its state. */
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';

import { runSign } from '../../core/words';
import type { RunModel } from '../../model/run';
import type { ILoan } from '../../model/shared';
import type { IFlows } from '../../tokens';
import type { IRunActions } from '../../view/actions';
import type { IOtherRuns } from '../../view/others';
import { flowIcon } from '../icons';
import { ShownWidget } from '../shownWidget';
import { RunScreen } from './RunScreen';
import type { ILook } from './RunScreen';

export interface IRunWidgetOptions {
  readonly flows: IFlows;
  readonly loan: ILoan<RunModel>;
  readonly rendermime: IRenderMimeRegistry;
  readonly actions: IRunActions;
  readonly look: ILook;
  readonly others: IOtherRuns;
}

export class RunWidget extends ShownWidget {
  constructor(private readonly _options: IRunWidgetOptions) {
    super();
    this._look = _options.look;
    this.id = RunWidget.idOf(this.run);
    this.addClass('jp-Flow-runTab');
    this.title.closable = true;
    this.title.icon = flowIcon;
    this._retitle();
    _options.loan.model.changed.connect(this._retitle, this);
    _options.flows.runs.changed.connect(this._retitle, this);
  }

  static idOf(run: string): string {
    return `jupyter-flow-run-${run}`;
  }

  get run(): string {
    return this._options.loan.model.id;
  }

  get look(): ILook {
    return this._look;
  }

  set look(look: ILook) {
    this._look = look;
    this._lookChanged.emit(look);
    this.update();
  }

  get lookChanged(): ISignal<this, ILook> {
    return this._lookChanged;
  }

  override dispose(): void {
    if (!this.isDisposed) {
      super.dispose();
      Signal.clearData(this);
      this._options.loan.dispose();
    }
  }

  protected override holdModels(): IDisposable {
    return this._options.loan.model.hold();
  }

  protected override render(): JSX.Element {
    const { flows, loan, rendermime, actions, others } = this._options;
    return (
      <RunScreen
        flows={flows}
        model={loan.model}
        rendermime={rendermime}
        actions={actions}
        look={this._look}
        onLook={look => {
          this.look = look;
        }}
        others={others}
        isSeen={this.isSeen}
      />
    );
  }

  private _retitle(): void {
    const { flows, loan } = this._options;
    const page = loan.model.page;
    // A hidden tab knows no more of its run than the list of runs does.
    const run = loan.model.isHeld ? page?.run : (flows.runs.find(this.run) ?? page?.run);
    if (!run) {
      this.title.label = this.run;
      return;
    }
    const sign = runSign(run.state);
    this.title.label = `${sign.symbol} ${run.flow}`;
    this.title.caption = `${run.flow}, run ${run.id}: ${sign.word}`;
    this.title.className = `jp-Flow-tab jp-Flow-tone-${sign.tone}`;
  }

  private readonly _lookChanged = new Signal<this, ILook>(this);
  private _look: ILook;
}
