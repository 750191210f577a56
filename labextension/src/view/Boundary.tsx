/** Holds the exception of one view, so that what is around it stays: says what, and draws it anew if asked to. */
import { Component, Fragment } from 'react';
import type { ReactNode } from 'react';

import { Button } from './Button';
import { Empty } from './Empty';

export interface IBoundaryProps {
  /** What is inside, in words: "the graph". */
  readonly of: string;
  readonly children: ReactNode;
}

interface IBoundaryState {
  readonly error: Error | null;
  /** How often it was drawn anew: nothing of the broken one is kept. */
  readonly tries: number;
}

export class Boundary extends Component<IBoundaryProps, IBoundaryState> {
  override state: IBoundaryState = { error: null, tries: 0 };

  static getDerivedStateFromError(error: unknown): Partial<IBoundaryState> {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override render(): ReactNode {
    const { error, tries } = this.state;
    if (!error) {
      return <Fragment key={tries}>{this.props.children}</Fragment>;
    }
    return (
      <div className="jp-Flow" role="alert">
        <Empty title={`Something is wrong with ${this.props.of}: ${error.message || error.name}`}>
          It is in what draws it, not in the run, which goes on. The browser's console says where.
        </Empty>
        <div className="jp-Flow-tools">
          <Button label="Reload this view" icon="repair" onClick={() => this.setState({ error: null, tries: tries + 1 })} />
        </div>
      </div>
    );
  }
}
