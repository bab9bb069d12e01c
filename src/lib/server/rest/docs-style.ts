/** The look of the documentation page: readable in light and dark, on a phone too. */
export const docsCss = `
:root { color-scheme: light dark; --line: light-dark(#d9dce3, #33373f); --quiet: light-dark(#555b67, #a9afbb);
  --accent: light-dark(#4338ca, #a5b4fc); --ground: light-dark(#f6f7f9, #16181c); }
* { box-sizing: border-box; }
body { margin: 0; display: grid; grid-template-columns: 240px minmax(0, 1fr); font: 14px/1.5 system-ui, sans-serif;
  background: light-dark(#fff, #0f1114); color: light-dark(#16181d, #e8eaee); }
nav { padding: 20px 16px; border-right: 1px solid var(--line); min-height: 100vh; }
nav h2 { font-size: 12px; margin: 16px 0 4px; color: var(--quiet); }
nav ul { list-style: none; margin: 0; padding: 0; }
nav li { padding: 2px 0; }
.brand { font-weight: 600; }
main { padding: 20px 32px 64px; max-width: 960px; }
h1 { font-size: 28px; margin: 0 0 12px; }
h2 { font-size: 20px; margin: 0 0 8px; }
h3 { font-size: 14px; margin: 16px 0 4px; }
section { padding: 24px 0; border-top: 1px solid var(--line); }
a { color: var(--accent); }
a:focus-visible, [tabindex]:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
code, pre { font-family: ui-monospace, monospace; font-size: 13px; }
pre { background: var(--ground); border: 1px solid var(--line); border-radius: 6px; padding: 12px; overflow: auto;
  max-height: 420px; }
.method { font-weight: 600; color: var(--accent); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: 6px 12px 6px 0; border-bottom: 1px solid var(--line);
  font-weight: 400; }
thead th { color: var(--quiet); font-size: 12px; }
@media (max-width: 800px) { body { grid-template-columns: minmax(0, 1fr); }
  nav { border-right: 0; border-bottom: 1px solid var(--line); min-height: 0; } main { padding: 20px 16px 48px; } }
`;
