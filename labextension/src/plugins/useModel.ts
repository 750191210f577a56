/** Models on React screens: drawn again when they change, held only while they can be seen. */
import { useCallback, useEffect, useState, useSyncExternalStore } from 'react';
import type { IDisposable } from '@lumino/disposable';

import type { IFlowStream } from '../api/stream';
import type { ShownModel } from '../model/shown';
import type { ILoan } from '../model/shared';

/** Draw again whenever *model* changes. */
export function useModel(model: ShownModel | null): void {
  const subscribe = useCallback((tell: () => void) => {
    const heard = (): void => tell();
    model?.changed.connect(heard);
    return () => void model?.changed.disconnect(heard);
  }, [model]);
  useSyncExternalStore(subscribe, () => model?.version ?? 0);
}

/** Whether the connection to the server is gone, and tried again. */
export function useBroken(stream: IFlowStream): boolean {
  const subscribe = useCallback((tell: () => void) => {
    const heard = (): void => tell();
    stream.connectionChanged.connect(heard);
    return () => void stream.connectionChanged.disconnect(heard);
  }, [stream]);
  return useSyncExternalStore(subscribe, () => stream.connection === 'broken');
}

/** The model that `borrow` lends, for as long as `key` stays; held while `isSeen`. */
export function useLoan<T extends ShownModel>(
  key: string | null, borrow: () => ILoan<T>, isSeen: boolean, hold: (model: T) => IDisposable
): T | null {
  const [loan, setLoan] = useState<ILoan<T> | null>(null);
  useEffect(() => {
    if (key === null) {
      return undefined;
    }
    const taken = borrow();
    setLoan(taken);
    return () => {
      setLoan(null);
      taken.dispose();
    };
    // The key says which model it is; `borrow` is another function at each drawing.
  }, [key]);
  const model = loan && !loan.isDisposed ? loan.model : null;
  useEffect(() => {
    const held = model && isSeen ? hold(model) : null;
    return () => held?.dispose();
  }, [model, isSeen]);
  useModel(model);
  return model;
}
