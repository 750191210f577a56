/** Bundles the notebook panel (an anywidget, with React inside) into the Python package. */
import { context } from 'esbuild';

const panel = await context({
  entryPoints: [{ in: 'labextension/src/panel/index.tsx', out: 'panel' }],
  outdir: 'jupyter_flow/panel/static',
  bundle: true,
  format: 'esm',
  target: ['es2022'],
  jsx: 'automatic',
  minify: true,
  logLevel: 'info',
  define: { 'process.env.NODE_ENV': '"production"' }
});

if (process.argv.includes('--watch')) {
  await panel.watch();
} else {
  await panel.rebuild();
  await panel.dispose();
}
