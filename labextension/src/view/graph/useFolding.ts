/** Which groups of a flow are folded: kept for each flow as long as the page is open. */
import { useCallback, useMemo, useState } from 'react';

import { fold, foldedAtFirst } from '../../core/groups';
import type { IFolding } from '../../core/groups';
import type { FlowView } from '../../core/wire.gen';

const kept = new Map<string, ReadonlySet<string>>();

export interface IFoldingState {
  readonly folding: IFolding;
  /** Folds a group, or opens it. */
  readonly set: (group: string, isFolded: boolean) => void;
}

const NO_GROUPS: FlowView['groups'] = [];

export function useFolding(flow: FlowView): IFoldingState {
  const key = `${flow.address}\n${flow.name}`;
  const groups = flow.groups ?? NO_GROUPS;
  const [, setVersion] = useState(0);
  const folded = kept.get(key);
  const atFirst = useMemo(() => foldedAtFirst(groups), [groups]);
  const now = folded ?? atFirst;
  const folding = useMemo(() => fold(flow.tasks, groups, now), [flow.tasks, groups, now]);
  const set = useCallback((group: string, isFolded: boolean) => {
    const next = new Set(kept.get(key) ?? atFirst);
    if (isFolded) {
      next.add(group);
    } else {
      next.delete(group);
    }
    kept.set(key, next);
    setVersion(version => version + 1);
  }, [key, atFirst]);
  return { folding, set };
}
