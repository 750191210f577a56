/**
 * What is wrong with a `%%flow` cell, in its editor: the places are underlined, the words are below.
 *
 * The text is checked when nobody has typed for a while; an answer about an older text is left out.
 */
import { StateEffect, StateField } from '@codemirror/state';
import type { Extension } from '@codemirror/state';
import { Decoration, EditorView, showPanel, ViewPlugin } from '@codemirror/view';
import type { DecorationSet, Panel, ViewUpdate } from '@codemirror/view';
import { createRoot } from 'react-dom/client';

import type { ProblemView } from '../../core/wire.gen';
import { Problems } from '../Problems';
import { flowCell, rangeOf } from './cell';
import type { IFlowCell } from './cell';

export interface IChecking {
  /** How long nobody types before it is checked, in milliseconds. */
  delay(): number;
  /** What is wrong with the cell in the editor *dom*; null when it cannot be said. */
  check(cell: IFlowCell, dom: HTMLElement): Promise<readonly ProblemView[] | null>;
}

const found = StateEffect.define<readonly ProblemView[]>();

interface IFindings {
  readonly problems: readonly ProblemView[];
  readonly marks: DecorationSet;
}

const NOTHING: IFindings = { problems: [], marks: Decoration.none };

const findings = StateField.define<IFindings>({
  create: () => NOTHING,
  update: (before, change) => {
    const news = change.effects.find(each => each.is(found));
    if (news) {
      return findingsIn(change.state.doc.toString(), news.value as readonly ProblemView[]);
    }
    return change.docChanged ? { ...before, marks: before.marks.map(change.changes) } : before;
  },
  provide: field => [
    EditorView.decorations.from(field, value => value.marks),
    showPanel.from(field, value => (value.problems.length ? panelOf : null))
  ]
});

function findingsIn(source: string, problems: readonly ProblemView[]): IFindings {
  if (problems.length === 0) {
    return NOTHING;
  }
  const marks = problems.flatMap(each => {
    const range = rangeOf(source, each);
    const mark = Decoration.mark({
      class: `jp-Flow-squiggle jp-mod-${each.severity}`,
      attributes: { title: each.hint ? `${each.what}\n${each.hint}` : each.what }
    });
    return range ? [mark.range(range.from, range.to)] : [];
  });
  return { problems, marks: Decoration.set(marks, true) };
}

/** The panel below the text. It is made once and drawn again when the problems are others. */
function panelOf(view: EditorView): Panel {
  const dom = document.createElement('div');
  dom.className = 'jp-Flow jp-Flow-diagnostics';
  const root = createRoot(dom);
  const draw = (problems: readonly ProblemView[]): void => root.render(<Problems problems={problems} isAtCell />);
  draw(view.state.field(findings).problems);
  return {
    dom,
    update: ({ startState, state }) => {
      if (startState.field(findings).problems !== state.field(findings).problems) {
        draw(state.field(findings).problems);
      }
    },
    // React must not be taken down while it draws.
    destroy: () => void setTimeout(() => root.unmount())
  };
}

class Checker {
  constructor(private readonly _view: EditorView, private readonly _checking: IChecking) {
    this._plan(0);
  }

  update(update: ViewUpdate): void {
    if (update.docChanged) {
      this._plan(this._checking.delay());
    }
  }

  destroy(): void {
    clearTimeout(this._timer);
    this._asked += 1;
  }

  private _plan(delay: number): void {
    clearTimeout(this._timer);
    this._asked += 1;
    const isOfUse = this._view.state.sliceDoc(0, 6) === '%%flow' || this._view.state.field(findings, false)?.problems.length;
    if (isOfUse) {
      this._timer = setTimeout(() => void this._check(), delay);
    }
  }

  private async _check(): Promise<void> {
    const asked = this._asked;
    const cell = flowCell(this._view.state.doc.toString());
    const problems = cell ? await this._checking.check(cell, this._view.dom) : [];
    if (problems && asked === this._asked) {
      this._view.dispatch({ effects: found.of(problems) });
    }
  }

  private _timer: ReturnType<typeof setTimeout> | undefined;
  private _asked = 0;
}

/** For the editor of every cell; it does nothing in those that hold no flow. */
export function flowDiagnostics(checking: IChecking): Extension {
  return [findings, ViewPlugin.define(view => new Checker(view, checking))];
}
