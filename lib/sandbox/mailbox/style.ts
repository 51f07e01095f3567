/** The mailbox's whole style sheet; its hash is in the page's content security policy. */
export const style = `
:root { color-scheme: light dark; --line: light-dark(#e2e4e9, #33363d); --quiet: light-dark(#5b616e, #a4a9b5); --link: light-dark(#1f4fd1, #8fb0ff); --hover: light-dark(#f5f6f8, #23262c); --page: light-dark(#ffffff, #17191d); --ink: light-dark(#1a1d23, #eceef2); }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", "Noto Sans SC", sans-serif; }
main { max-width: 860px; margin: 0 auto; padding: 32px 16px; }
header { display: flex; align-items: baseline; justify-content: space-between; gap: 16px; }
h1 { font-size: 22px; line-height: 1.3; margin: 8px 0; overflow-wrap: anywhere; }
h2 { font-size: 13px; margin: 28px 0 8px; color: var(--quiet); }
a { color: var(--link); }
a:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
.about, .empty { color: var(--quiet); }
.empty { padding: 48px 0; text-align: center; }
ul { list-style: none; margin: 16px 0; padding: 0; border-top: 1px solid var(--line); }
li a { display: grid; grid-template-columns: minmax(0, 2fr) minmax(0, 1fr) auto; gap: 4px 16px; padding: 12px 8px; border-bottom: 1px solid var(--line); color: inherit; text-decoration: none; }
li a:hover { background: var(--hover); }
.subject { font-weight: 600; }
.subject, .to { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.when { display: flex; flex-wrap: wrap; justify-content: flex-end; gap: 0 16px; align-items: baseline; }
.files { color: var(--quiet); font-size: 13px; font-weight: 400; white-space: nowrap; }
.attached { margin: 0; border: 0; }
.attached li { padding: 2px 0; }
.attached li a { display: inline; padding: 0; border: 0; color: var(--link); text-decoration: underline; overflow-wrap: anywhere; }
.attached li a:hover { background: none; }
.to, time { color: var(--quiet); font-variant-numeric: tabular-nums; }
dl { display: grid; grid-template-columns: auto 1fr; gap: 4px 16px; margin: 16px 0; }
dt { color: var(--quiet); }
dd { margin: 0; overflow-wrap: anywhere; }
.text { white-space: pre-wrap; overflow-wrap: anywhere; padding: 16px; border: 1px solid var(--line); border-radius: 8px; }
iframe { width: 100%; height: 480px; border: 1px solid var(--line); border-radius: 8px; }
@media (max-width: 600px) { li a { grid-template-columns: 1fr auto; } .subject { grid-column: 1 / -1; } }
`;
