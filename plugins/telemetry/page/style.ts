/** The status page: its look, light and dark. */

export const PAGE_STYLE = `:root {
  color-scheme: light dark;
  --ground: #f4f3f0; --card: #ffffff; --ink: #23211e; --soft: #6c675f; --line: #dedad2; --accent: #2c6e63; --bad: #a8321f;
}
@media (prefers-color-scheme: dark) {
  :root { --ground: #171614; --card: #211f1c; --ink: #ece8e1; --soft: #a19a8f; --line: #37332e; --accent: #7fc4b6; --bad: #f08b77; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.25rem; max-width: 74rem; background: var(--ground); color: var(--ink);
  font: 0.95rem/1.45 system-ui, sans-serif; }
header { display: flex; align-items: baseline; gap: 0.9rem; margin-bottom: 0.9rem; }
h1 { margin: 0; font-size: 1.35rem; font-weight: 600; overflow-wrap: anywhere; }
#state { margin: 0; padding: 0.05rem 0.65rem; border: 1px solid currentColor; border-radius: 1rem; color: var(--accent); font-size: 0.85rem; }
#state.away { color: var(--bad); }
main { display: grid; gap: 1rem; }
@media (min-width: 60rem) { main { grid-template-columns: minmax(0, 2fr) minmax(17rem, 1fr); align-items: start; } }
figure { margin: 0; }
#preview { display: block; width: 100%; min-height: 8rem; max-height: 80vh; object-fit: contain; background: #000; border-radius: 0.5rem; }
figcaption { display: flex; gap: 1rem; margin-top: 0.4rem; font-size: 0.85rem; }
a { color: var(--accent); }
#sections { display: grid; gap: 0.75rem; }
section { padding: 0.7rem 0.9rem; background: var(--card); border: 1px solid var(--line); border-radius: 0.5rem; }
h2 { margin: 0 0 0.3rem; font-size: 0.8rem; font-weight: 600; color: var(--soft); }
h2::first-letter { text-transform: uppercase; }
dl { display: grid; grid-template-columns: auto 1fr; gap: 0.1rem 1rem; margin: 0; }
dt { color: var(--soft); }
dd { margin: 0; text-align: right; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
section.bad { border-color: var(--bad); }
`;
