/** The rows of a time line: instances of a mapped task are folded into one, until it is unfolded. Pure. */
import type { IBar, ITimelineRow } from '../../core/timeline';
import { overall } from '../../core/words';

export interface IShownRow extends ITimelineRow {
  /** How many rows are folded into this one, or belong under it; null for one that stands for itself. */
  readonly width: number | null;
}

/** Fewer instances than these are not worth folding. */
const FEW = 3;

/** `rows` with a row for each mapped task; those of its instances follow it if it is in `unfolded`. */
export function foldedRows(rows: readonly ITimelineRow[], unfolded: ReadonlySet<string>): readonly IShownRow[] {
  const grouped = new Map<string, ITimelineRow[]>();
  for (const row of rows) {
    grouped.set(row.task, [...(grouped.get(row.task) ?? []), row]);
  }
  return [...grouped.values()].flatMap(group => {
    if (group.length <= FEW || group[0]?.index === null) {
      return group.map(row => ({ ...row, width: null }));
    }
    const head = headOf(group);
    return unfolded.has(head.task) ? [head, ...group.map(row => ({ ...row, width: null }))] : [head];
  });
}

function headOf(group: readonly ITimelineRow[]): IShownRow {
  const task = group[0]?.task ?? '';
  const bars: IBar[] = group.flatMap(row => row.bars.filter(bar => bar.attempt > 0));
  bars.sort((a, b) => a.start - b.start);
  return { key: task, task, index: null, state: overall(group.map(row => row.state)), bars, width: group.length };
}
