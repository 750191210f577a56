/** Where a tag is written: into the notebook that is open, or into the file of one that is not. */
import type { NotebookPanel } from '@jupyterlab/notebook';

import type { FlowClient } from '../../api/client';
import type { ContractView } from '../../core/wire.gen';
import { KEY, readEntry, writeEntry } from './entry';
import type { ITaskEntry } from './entry';

export interface ITarget {
  readonly path: string;
  /** The tag it has. */
  entry(): Promise<ITaskEntry | null>;
  /** What its parameters cell declares, as it was saved last. */
  contract(): Promise<ContractView>;
  tag(entry: ITaskEntry): Promise<void>;
  untag(): Promise<void>;
}

/** An open notebook. The tag goes into its metadata, and it is saved, so that nothing else is lost. */
export class OpenNotebook implements ITarget {
  constructor(private readonly _panel: NotebookPanel, private readonly _client: FlowClient) {}

  get path(): string {
    return this._panel.context.localPath;
  }

  async entry(): Promise<ITaskEntry | null> {
    await this._panel.context.ready;
    return readEntry(this._panel.model?.metadata ?? {});
  }

  contract(): Promise<ContractView> {
    return this._client.contract(this.path);
  }

  async tag(entry: ITaskEntry): Promise<void> {
    const model = this._panel.model;
    model?.setMetadata(KEY, writeEntry(model.getMetadata(KEY), entry));
    await this._panel.context.save();
  }

  async untag(): Promise<void> {
    this._panel.model?.deleteMetadata(KEY);
    await this._panel.context.save();
  }
}

/** A notebook that is not open: the server writes the tag into its file. */
export class ClosedNotebook implements ITarget {
  constructor(readonly path: string, private readonly _client: FlowClient) {}

  async entry(): Promise<ITaskEntry | null> {
    const { task, description, options } = await this.contract();
    return task === null ? null : readEntry({ [KEY]: { task, description, ...options } as Record<string, string> });
  }

  contract(): Promise<ContractView> {
    return this._client.contract(this.path);
  }

  async tag({ task, description, retries, timeout, trigger }: ITaskEntry): Promise<void> {
    await this._client.tag({ path: this.path, name: task.trim(), description, options: { retries, timeout, trigger } });
  }

  async untag(): Promise<void> {
    await this._client.tag({ path: this.path, remove: true });
  }
}
