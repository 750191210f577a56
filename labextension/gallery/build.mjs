/**
 * Builds a page that shows every view with fixtures, in a light and in a dark theme:
 *
 *     node labextension/gallery/build.mjs THEMES && open labextension/gallery/out/index.html?scene=graph
 *
 * THEMES is a folder with JupyterLab's themes (`share/jupyter/lab/themes/@jupyterlab`).
 */
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { build } from 'esbuild';

const here = import.meta.dirname;
const out = join(here, 'out');
const themes = process.argv[2];
mkdirSync(out, { recursive: true });
await build({
  entryPoints: [join(here, 'gallery.tsx')],
  outdir: out,
  bundle: true,
  format: 'iife',
  target: ['es2022'],
  jsx: 'automatic',
  loader: { '.log': 'text' },
  logLevel: 'warning',
  define: { 'process.env.NODE_ENV': '"production"' }
});
copyFileSync(join(here, 'index.html'), join(out, 'index.html'));
for (const theme of themes ? ['light', 'dark'] : []) {
  copyFileSync(join(themes, `theme-${theme}-extension`, 'index.css'), join(out, `${theme}.css`));
}
