import { defineConfig } from 'vitest/config';

export default defineConfig({
  root: import.meta.dirname,
  cacheDir: '../node_modules/.vite',
  // The query keeps tsc from reading the file; vite would take it for something else than JSON.
  resolve: { alias: [{ find: /^.*package\.json\?manifest$/, replacement: `${import.meta.dirname}/../package.json` }] },
  test: {
    environment: 'jsdom',
    include: ['src/**/__tests__/**/*.spec.{ts,tsx}'],
    setupFiles: ['./vitest.setup.ts'],
    css: false,
    // These packages are ES modules that import each other without file extensions, and CSS and
    // SVG files: vite has to transform them, Node cannot load them.
    server: {
      deps: { inline: [/@jupyterlab\//, /@lumino\//, /@jupyter\//, /@microsoft\//, /@rjsf\//] }
    }
  }
});
