/** Things that are done in the background: what goes wrong is told where JupyterLab tells such things. */
import { Notification } from '@jupyterlab/apputils';

import { textOf } from '../api/errors';

/** Do not wait for it, and do not lose its error. */
export function told(doing: Promise<unknown>): void {
  doing.catch(tell);
}

export function tell(error: unknown): void {
  Notification.error(textOf(error), { autoClose: 8000 });
}
