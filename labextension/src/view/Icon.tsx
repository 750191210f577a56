/** The few icons of these views, drawn in the colour of the text beside them. */

const PATHS = {
  open: 'M9 3h4v4M13 3L7.5 8.5M11 9.5V13H3V5h3.5',
  source: 'M6 4.5L2.5 8L6 11.5M10 4.5L13.5 8L10 11.5',
  repair: 'M13 4.5V8H9.5M12.6 8A5 5 0 1 0 11.5 11.6',
  stop: 'M4.5 4.5h7v7h-7z',
  close: 'M4 4l8 8M12 4l-8 8',
  up: 'M4 10l4-4l4 4',
  down: 'M4 6l4 4l4-4',
  right: 'M6 4l4 4l-4 4',
  wrap: 'M2.5 4h11M2.5 8h8.5a2 2 0 0 1 0 4H8M9.5 10.5L8 12l1.5 1.5M2.5 12h2.5',
  play: 'M5 3.5L12 8L5 12.5Z',
  pause: 'M5.5 4v8M10.5 4v8',
  follow: 'M8 3v8M4.5 8L8 11.5L11.5 8M3.5 13.5h9',
  clock: 'M8 2.5a5.5 5.5 0 1 0 .01 0M8 5v3.2l2.2 1.3',
  copy: 'M5.5 5.5h7v7h-7zM10.5 3.5h-7v7',
  backfill: 'M8 4.5L3.5 8L8 11.5ZM12.5 4.5L8 8L12.5 11.5Z',
  whole: 'M3 6V3h3M10 3h3v3M13 10v3h-3M6 13H3v-3',
  trash: 'M3.5 4.5h9M6.5 4.5V3h3v1.5M5 4.5l.5 8.5h5l.5-8.5'
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { name: IconName }): JSX.Element {
  return (
    <svg className="jp-Flow-icon" viewBox="0 0 16 16" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
