/**
 * The names of executed notebooks on the drive `flow:`: `RUN/TASK[/INDEX]/NUMBER.ipynb`, and for a tab that
 * says what it shows `RUN/TASK[/INDEX]/NUMBER/TITLE.ipynb`. Pure.
 */
import type { IAttemptName } from '../../api/topics';
import { keyOf } from '../../core/run';

export const DRIVE = 'flow';

/** `flow:…`: its path in JupyterLab. */
export function pathOf(name: IAttemptName): string {
  const place = name.index === null ? [name.task] : [name.task, String(name.index)];
  const title = `${keyOf(name.task, name.index)}, attempt ${name.number}.ipynb`;
  return `${DRIVE}:${[name.run, ...place, String(name.number), title].join('/')}`;
}

/** The attempt that a path on the drive (without `flow:`) names; null for any other text. */
export function attemptOf(localPath: string): IAttemptName | null {
  const found = /^\/?([^/]+)\/([^/]+)(?:\/(\d+))?\/(\d+)(?:\/[^/]+)?\.ipynb$/.exec(localPath);
  if (!found) {
    return null;
  }
  const [, run = '', task = '', index, number = ''] = found;
  return { run, task, index: index === undefined ? null : Number(index), number: Number(number) };
}

export function isOnDrive(path: string): boolean {
  return path.startsWith(`${DRIVE}:`);
}
