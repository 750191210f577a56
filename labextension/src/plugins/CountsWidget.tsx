/** `2 running, 1 queued`, as a button. */
import { ReactWidget } from '@jupyterlab/ui-components';

import type { RunsModel } from '../model/runs';
import { flowIcon } from './icons';

export class CountsWidget extends ReactWidget {
  constructor(private readonly _runs: RunsModel, private readonly _onClick: () => void) {
    super();
    this.addClass('jp-Flow-counts');
    _runs.changed.connect(() => this.update());
  }

  /** There is something to say. */
  get isOfUse(): boolean {
    return this._runs.live.length > 0;
  }

  protected override render(): JSX.Element {
    const text = said(this._runs.live.map(each => each.state));
    return (
      <button type="button" className="jp-Flow-countsButton" title={`${text}: show the runs`} onClick={this._onClick}>
        <flowIcon.react tag="span" height="14px" width="14px" />
        <span>{text}</span>
      </button>
    );
  }
}

/** How many are queued, and how many are under way in any other way. */
export function said(states: readonly string[]): string {
  const queued = states.filter(each => each === 'queued').length;
  const running = states.length - queued;
  return [running ? `${running} running` : '', queued ? `${queued} queued` : ''].filter(Boolean).join(', ');
}
