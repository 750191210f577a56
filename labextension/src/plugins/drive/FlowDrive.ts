/**
 * Executed notebooks as a drive of JupyterLab: to be read, never written.
 *
 * They lie in a hidden folder, which the contents of the server leave out; so they come over our own routes.
 */
import type { Contents, ServerConnection } from '@jupyterlab/services';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';

import type { FlowClient } from '../../api/client';
import { attemptOf, DRIVE } from './paths';

export class FlowDrive implements Contents.IDrive {
  constructor(private readonly _client: FlowClient, readonly serverSettings: ServerConnection.ISettings) {}

  readonly name = DRIVE;

  get fileChanged(): ISignal<this, Contents.IChangedArgs> {
    return this._fileChanged;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    this._isDisposed = true;
    Signal.clearData(this);
  }

  async get(localPath: string, options?: Contents.IFetchOptions): Promise<Contents.IModel> {
    const name = attemptOf(localPath);
    if (!name) {
      return folder(localPath);
    }
    const content = options?.content === false ? null : await this._client.notebook(name);
    return {
      ...folder(localPath),
      type: 'notebook',
      format: content && 'json',
      mimetype: 'application/x-ipynb+json',
      content
    };
  }

  async listCheckpoints(): Promise<Contents.ICheckpointModel[]> {
    return [];
  }

  async getDownloadUrl(localPath: string): Promise<string> {
    const name = attemptOf(localPath);
    // A picture beside the notebook is not there any more; nothing is shown in its place.
    return name ? this._client.notebookUrl(name) : 'data:,';
  }

  newUntitled(): Promise<Contents.IModel> {
    return refuse();
  }

  delete(): Promise<void> {
    return refuse();
  }

  rename(): Promise<Contents.IModel> {
    return refuse();
  }

  save(): Promise<Contents.IModel> {
    return refuse();
  }

  copy(): Promise<Contents.IModel> {
    return refuse();
  }

  createCheckpoint(): Promise<Contents.ICheckpointModel> {
    return refuse();
  }

  restoreCheckpoint(): Promise<void> {
    return refuse();
  }

  deleteCheckpoint(): Promise<void> {
    return refuse();
  }

  private readonly _fileChanged = new Signal<this, Contents.IChangedArgs>(this);
  private _isDisposed = false;
}

/** Nothing is listed: whoever wants an executed notebook comes from its run. */
function folder(path: string): Contents.IModel {
  const epoch = new Date(0).toISOString();
  return {
    name: path.split('/').at(-1) ?? '',
    path,
    type: 'directory',
    format: 'json',
    mimetype: '',
    content: [],
    writable: false,
    created: epoch,
    last_modified: epoch
  };
}

async function refuse(): Promise<never> {
  throw new Error('An executed notebook tells what happened, so it cannot be changed. Change its source, and repair the run.');
}
