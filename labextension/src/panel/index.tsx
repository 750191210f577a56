/** The notebook panel as an anywidget: what `FlowPanel` in Python shows. */
import '@xyflow/react/dist/style.css';
import '../../style/base.css';

import type { InitializeProps, RenderProps } from '@anywidget/types';
import { createRoot } from 'react-dom/client';

import { Panel } from './Panel';
import { PanelStore } from './store';

/** By the panel's token: its store, which all its views share. */
const stores = new Map<string, PanelStore>();

function initialize({ model }: InitializeProps): () => void {
  const token = String(model.get('token'));
  const store = new PanelStore(model);
  stores.set(token, store);
  return () => {
    store.dispose();
    stores.delete(token);
  };
}

function render({ model, el }: RenderProps): () => void {
  const store = stores.get(String(model.get('token'))) ?? new PanelStore(model);
  const root = createRoot(el);
  root.render(<Panel store={store} />);
  return () => root.unmount();
}

export default { initialize, render };
