/** Where files among the values are downloaded from: a host that knows says it to all views within. */
import { createContext } from 'react';

/** The address of a file in the store, to be saved as `name`; null where there is none. */
export const Downloads = createContext<((file: string, name: string) => string) | null>(null);
