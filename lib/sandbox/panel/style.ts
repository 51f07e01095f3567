/** The panel's whole style sheet; its hash is in the page's content security policy. */
export const style = `
:root { color-scheme: light dark; --line: light-dark(#e2e4e9, #33363d); --quiet: light-dark(#5b616e, #a4a9b5); --link: light-dark(#1f4fd1, #8fb0ff); --page: light-dark(#ffffff, #17191d); --sunken: light-dark(#f5f6f8, #23262c); --good: light-dark(#17693f, #7fd0a3); --warn: light-dark(#8a5200, #f0bd6b); --bad: light-dark(#a4242a, #ff9f9c); }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", "Noto Sans SC", sans-serif; }
main { max-width: 860px; margin: 0 auto; padding: 32px 16px; }
header { display: flex; align-items: baseline; justify-content: space-between; gap: 16px; }
h1 { font-size: 22px; line-height: 1.3; margin: 8px 0; }
h2 { font-size: 16px; margin: 32px 0 4px; }
a { color: var(--link); white-space: nowrap; }
a:focus-visible, button:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
.quiet { color: var(--quiet); }
h2 + .quiet { margin: 0 0 8px; }
.empty { color: var(--quiet); padding: 24px 0; text-align: center; }
.switch { display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: 8px 24px; margin: 16px 0; padding: 12px 16px; border: 1px solid var(--line); border-radius: 8px; background: var(--sunken); }
.switch p { margin: 0; flex: 1 1 20rem; }
.switch.down { border-color: var(--bad); }
.switch.down p { color: var(--bad); font-weight: 600; }
button { font: inherit; padding: 6px 14px; border: 1px solid var(--quiet); border-radius: 6px; background: var(--page); color: inherit; cursor: pointer; }
table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; }
th { text-align: start; font-weight: 600; font-size: 13px; color: var(--quiet); padding: 8px; border-bottom: 1px solid var(--line); }
td { padding: 8px; border-bottom: 1px solid var(--line); vertical-align: top; overflow-wrap: anywhere; }
td b, td code { display: block; font-weight: 600; }
td span.quiet { font-size: 13px; }
code { font-family: ui-monospace, monospace; font-size: 13px; line-height: 23px; }
.running { color: var(--good); } .stopped { color: var(--warn); } .removed { color: var(--quiet); }
td.running, td.stopped, td.removed { white-space: nowrap; }
.failed { color: var(--bad); }
@media (max-width: 600px) {
thead { display: none; }
tr { display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: 0 16px; padding: 8px 0; border-bottom: 1px solid var(--line); }
td { border: 0; padding: 2px 0; }
.services td:nth-child(even) { text-align: end; }
.events td:first-child { grid-column: 1 / -1; }
}
`;
