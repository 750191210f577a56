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
    const group = grouped.get(row.task);
    if (group) {
      group.push(row);
    } else {
      grouped.set(row.task, [row]);
    }
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
  return { key: task, task, index: null, state: overall(group.map(row => row.state)), bars: joined(bars), width: group.length };
}

/** `bars`, by their start, with those of one kind that meet joined: a thousand would hide each other. */
function joined(bars: readonly IBar[]): readonly IBar[] {
  const last = new Map<string, number>();
  const made: IBar[] = [];
  for (const bar of bars) {
    const kind = `${bar.kind} ${bar.outcome}`;
    const at = last.get(kind);
    const before = at === undefined ? undefined : made[at];
    if (at !== undefined && before && bar.start <= before.end) {
      made[at] = { ...before, end: Math.max(before.end, bar.end), many: (before.many ?? 1) + 1 };
    } else {
      last.set(kind, made.push(bar) - 1);
    }
  }
  return made;
}
