/** `2 running, 1 queued`, as a button. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';

import type { RunsModel } from '../model/runs';
import { flowIcon } from './icons';

export class CountsWidget extends ReactWidget {
  constructor(private readonly _runs: RunsModel, private readonly _trans: TranslationBundle, private readonly _onClick: () => void) {
    super();
    this.addClass('jp-Flow-counts');
    _runs.changed.connect(() => this.update());
  }

  /** There is something to say. */
  get isOfUse(): boolean {
    return this._runs.live.length > 0;
  }

  protected override render(): JSX.Element {
    const text = said(this._runs.live.map(each => each.state), this._trans);
    return (
      <button type="button" className="jp-Flow-countsButton" title={this._trans.__('%1: show the runs', text)} onClick={this._onClick}>
        <flowIcon.react tag="span" height="14px" width="14px" />
        <span>{text}</span>
      </button>
    );
  }
}

/** How many are queued, and how many are under way in any other way. */
export function said(states: readonly string[], trans: TranslationBundle): string {
  const queued = states.filter(each => each === 'queued').length;
  const running = states.length - queued;
  return [running ? trans.__('%1 running', running) : '', queued ? trans.__('%1 queued', queued) : ''].filter(Boolean).join(', ');
}
