/** The keys of a list: up and down go from row to row. */
export function rowKeys(event: React.KeyboardEvent<HTMLElement>): void {
  const move = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const target = event.target as HTMLElement;
  if (!move || !target.classList.contains('jp-Flow-row')) {
    return;
  }
  event.preventDefault();
  const rows = [...event.currentTarget.querySelectorAll<HTMLElement>('.jp-Flow-row')];
  rows[rows.indexOf(target) + move]?.focus();
}
