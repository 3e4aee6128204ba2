/** Light and dark by the reader's setting; no colour says anything that a word does not say as well. */
export const style = `
:root { color-scheme: light dark; --paper: #fbfbfa; --card: #fff; --ink: #1c1e21; --soft: #5b6169; --line: #e2e3e1;
  --green: #0b6b3a; --green-paper: #e3f4ea; --red: #a3161c; --red-paper: #fde7e6; }
@media (prefers-color-scheme: dark) { :root { --paper: #14161a; --card: #1c1f24; --ink: #e8e9eb; --soft: #a2a8b0; --line: #30343b;
  --green: #7fdca4; --green-paper: #14351f; --red: #ff9d98; --red-paper: #481a1b; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, -apple-system, 'Segoe UI', sans-serif; }
main { max-width: 60rem; margin: 0 auto; padding: 2.5rem 1.25rem 4rem; }
h1 { margin: 0 0 1rem; font-size: 1.75rem; line-height: 1.2; }
h2 { margin: 2.5rem 0 0; font-size: 1.2rem; }
.lead { margin: .1rem 0 .75rem; color: var(--soft); }
.verdict { margin: 0 0 1.25rem; padding: .85rem 1.1rem; border-radius: .6rem; border: 1px solid currentColor; }
.verdict strong { margin-right: .4rem; }
.green { color: var(--green); background: var(--green-paper); }
.red { color: var(--red); background: var(--red-paper); }
dl { display: flex; flex-wrap: wrap; gap: .75rem 1.75rem; margin: 0; }
dt { color: var(--soft); font-size: .85rem; }
dd { margin: 0; overflow-wrap: anywhere; }
.scroll { overflow-x: auto; background: var(--card); border: 1px solid var(--line); border-radius: .6rem; }
.scroll:focus-visible { outline: 2px solid var(--soft); outline-offset: 2px; }
table { width: 100%; border-collapse: collapse; }
th, td { padding: .6rem 1rem; text-align: left; vertical-align: baseline; border-top: 1px solid var(--line); }
thead th { border-top: 0; color: var(--soft); font-size: .85rem; font-weight: 500; white-space: nowrap; }
tbody th { font-weight: 600; }
small { display: block; color: var(--soft); font-size: .85rem; font-weight: 400; }
.number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
.badge { display: inline-block; min-width: 3.2rem; padding: .05rem .5rem; border-radius: 1rem; text-align: center; font-size: .85rem; font-weight: 600; }
@media (max-width: 40rem) { th, td { padding: .6rem .5rem; } }
@media print { body { background: none; } .scroll { border: 0; overflow: visible; } }
`;
