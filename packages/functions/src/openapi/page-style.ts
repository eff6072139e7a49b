/** The page's style, for both colour schemes and any width. It is allowed by its hash, so it must be sent unchanged. */
export const PAGE_STYLE = `
:root {
  color-scheme: light dark;
  --ground: light-dark(#ffffff, #14171c);
  --raised: light-dark(#f4f6f8, #1d2229);
  --line: light-dark(#d5dbe1, #353d47);
  --text: light-dark(#1c2127, #e4e8ec);
  --muted: light-dark(#56616d, #a3adb8);
  --link: light-dark(#0b5cad, #7db8f5);
  --get: light-dark(#0b5cad, #7db8f5);
  --post: light-dark(#1a6b3a, #77cf97);
  --change: light-dark(#8a5200, #e8b25c);
  --delete: light-dark(#b3261e, #f2938c);
}
* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; }
body { margin: 0; background: var(--ground); color: var(--text); font: 16px/1.5 system-ui, sans-serif; }
a { color: var(--link); }
code, pre { font: 0.875em/1.5 ui-monospace, monospace; overflow-wrap: anywhere; }
pre { margin: 0.5rem 0; padding: 0.75rem; background: var(--raised); border-radius: 6px; white-space: pre-wrap; }
.page { display: grid; grid-template-columns: 19rem minmax(0, 1fr); }
nav { position: sticky; top: 0; height: 100vh; overflow-y: auto; padding: 1.5rem; background: var(--raised); font-size: 0.875rem; }
nav h2 { margin: 1.25rem 0 0.25rem; font-size: 0.875rem; color: var(--muted); }
nav ul { list-style: none; margin: 0; padding: 0; }
nav li a { display: block; padding: 0.2rem 0; text-decoration: none; overflow-wrap: anywhere; }
nav li a:has(.method) { display: grid; grid-template-columns: 4.2rem 1fr; }
nav li a:hover { text-decoration: underline; }
main { padding: 1.5rem 2rem 4rem; max-width: 60rem; }
h1 { margin: 0 0 0.5rem; line-height: 1.2; }
h2 { margin: 3rem 0 0.25rem; }
h3 { margin: 0; font-size: 1rem; }
h4 { margin: 1.25rem 0 0.25rem; font-size: 0.875rem; color: var(--muted); }
section.operation, section.schema { margin-top: 1.25rem; padding: 1rem 1.25rem; border: 1px solid var(--line); border-radius: 8px; }
.method { display: inline-block; min-width: 4.2rem; font-weight: 700; }
.get { color: var(--get); } .post { color: var(--post); } .put, .patch { color: var(--change); } .delete { color: var(--delete); }
.muted, .fields small { color: var(--muted); }
.fields { list-style: none; margin: 0; padding: 0; }
.fields .fields { margin-left: 0.35rem; padding-left: 0.9rem; border-left: 2px solid var(--line); }
.fields li { padding: 0.15rem 0; overflow-wrap: anywhere; }
details { margin: 0.35rem 0; }
summary { cursor: pointer; }
details > .answer { padding: 0.35rem 0 0.35rem 1.1rem; }
@media (max-width: 60rem) {
  .page { display: block; }
  nav { position: static; height: auto; max-height: 45vh; border-bottom: 1px solid var(--line); }
  main { padding: 1rem; }
  section.operation, section.schema { padding: 0.75rem; }
}
`;
