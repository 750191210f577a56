/** Whether this page and the server are of one version, and what mends it when they are not. */

export interface IMismatch {
  readonly what: string;
  readonly command: string;
}

/** Nothing when both are the same: `0.2.0-alpha.1` is what Python calls `0.2.0a1`. */
export function mismatch(page: string, server: string): IMismatch | null {
  const ours = pythonic(page);
  if (ours === server) {
    return null;
  }
  const isPageOld = compare(ours, server) < 0;
  const what = `Flows: this page is version ${ours}, the server ${server}. `;
  return isPageOld
    ? { what: `${what}Install it anew, then load the page again.`, command: `pip install --force-reinstall jupyterlab-flow==${server}` }
    : { what: `${what}Bring the server up to date and start it again.`, command: `pip install --upgrade jupyterlab-flow==${ours}` };
}

const PHASES: Readonly<Record<string, string>> = { alpha: 'a', beta: 'b', rc: 'rc', dev: '.dev' };

function pythonic(version: string): string {
  return version.replace(/-(alpha|beta|rc|dev)\.?(\d+)/, (_, phase: string, number: string) => `${PHASES[phase]}${number}`);
}

function compare(left: string, right: string): number {
  return left.localeCompare(right, 'en', { numeric: true });
}
