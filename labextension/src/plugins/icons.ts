/** The sign of flows: two tasks that a third one waits for. */
import { LabIcon } from '@jupyterlab/ui-components';

const svgstr = `<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 24 24">
  <g class="jp-icon3" fill="none" stroke="#616161" stroke-width="1.8">
    <path d="M8.5 6.5h3a2 2 0 0 1 2 2v7a2 2 0 0 0 2 2M8.5 17.5h7M13.5 12"/>
  </g>
  <g class="jp-icon3" fill="#616161">
    <circle cx="6" cy="6.5" r="3"/><circle cx="6" cy="17.5" r="3"/><circle cx="18.5" cy="17.5" r="3"/>
  </g>
</svg>`;

export const flowIcon = new LabIcon({ name: 'jupyter-flow:flow', svgstr });
