// @vitest-environment node
/** The folders import inwards only: what each of them may import, and what it may not. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { describe, expect, it } from 'vitest';

const SOURCES = join(import.meta.dirname, '..');

/** By folder: our folders, and the packages, that it may import. Plugins may import all of them. */
const MAY: Readonly<Record<string, { ours: readonly string[]; packages: RegExp }>> = {
  core: { ours: ['core'], packages: /^@dagrejs\/dagre$/ },
  view: { ours: ['core', 'view'], packages: /^(react|react-dom|react\/.*|react-dom\/.*|@xyflow\/react.*)$/ },
  panel: { ours: ['core', 'view', 'panel', 'style'], packages: /^(react|react-dom|react-dom\/client|@xyflow\/react.*|@anywidget\/types)$/ },
  api: { ours: ['core', 'api'], packages: /^(@jupyterlab|@lumino)\// },
  model: { ours: ['core', 'api', 'model'], packages: /^(@jupyterlab|@lumino)\// }
};

interface IImport {
  readonly file: string;
  readonly folder: string;
  readonly name: string;
}

function importsBelow(folder: string): IImport[] {
  const files = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' })
    .filter(each => each.startsWith(folder + sep) && /\.tsx?$/.test(each) && !each.includes('__tests__'));
  return files.flatMap(file => {
    const text = readFileSync(join(SOURCES, file), 'utf8');
    const found = text.matchAll(/^(?:import|export)\b[^;]*?from\s*'([^']+)'|^import\s*'([^']+)'|\bimport\(\s*'([^']+)'/gm);
    return [...found].map(each => ({ file, folder, name: each[1] ?? each[2] ?? each[3] ?? '' }));
  });
}

/** Our folder that a relative import leads to. */
function target({ file, name }: IImport): string {
  const path = relative(SOURCES, join(SOURCES, file, '..', name)).split(sep);
  return path[0] === '..' ? (path[1] ?? '') : (path[0] ?? '');
}

describe.each(Object.entries(MAY))('%s', (folder, { ours, packages }) => {
  it('imports only what it may', () => {
    const wrong = importsBelow(folder).filter(each =>
      each.name.startsWith('.') ? !ours.includes(target(each)) : !packages.test(each.name)
    );

    expect(wrong.map(each => `${each.file}: ${each.name}`)).toEqual([]);
  });
});

it('nothing but the list of plugins and the panel is exported without a name', () => {
  const files = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' }).filter(each => /\.tsx?$/.test(each));
  const nameless = files.filter(each => /^export default\b/m.test(readFileSync(join(SOURCES, each), 'utf8')));

  expect(nameless.sort()).toEqual(['index.ts', join('panel', 'index.tsx')]);
});
