/** Every view with fixtures, one at a time: `?scene=graph&theme=dark`. */
import '@xyflow/react/dist/style.css';
import '../style/base.css';

import { createRoot } from 'react-dom/client';

import { Shown } from './scenes';

const wanted = new URLSearchParams(location.search).get('scene') ?? 'failed';
const root = document.getElementById('root');
if (root) {
  createRoot(root).render(<Shown name={wanted} />);
}
