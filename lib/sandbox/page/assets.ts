/** The look of the hosted pages: light and dark, from 360 pixels on. */
export const styleSheet = `
:root {
  --page: #f6f7f9; --panel: #ffffff; --ink: #1b2330; --soft: #566074; --line: #d9dee7;
  --accent: #4b45c6; --accent-ink: #ffffff; --focus: #4b45c6; --bad: #a3182f; --bad-page: #fdecef; --test: #8a4b00; --test-page: #fff1db;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #12151c; --panel: #1b2029; --ink: #eef1f6; --soft: #a9b2c3; --line: #343c4b;
    --accent: #a5a1ff; --accent-ink: #14122e; --focus: #a5a1ff; --bad: #ffb3c0; --bad-page: #43131d; --test: #ffd59a; --test-page: #3b2a10;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; min-height: 100vh; display: flex; flex-direction: column; background: var(--page); color: var(--ink);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif;
}
header, main, footer { width: 100%; max-width: 64rem; margin: 0 auto; padding: 1rem 1.25rem; }
.narrow header, .narrow main, .narrow footer { max-width: 32rem; }
header { display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: center; justify-content: space-between; }
header p { margin: 0; }
.test { font-size: .8125rem; color: var(--test); background: var(--test-page); border-radius: 999px; padding: .25rem .75rem; }
main { flex: 1; display: grid; gap: 2rem; align-content: start; }
footer { color: var(--soft); font-size: .8125rem; }
footer p { margin: 0; }
a { color: var(--accent); text-underline-offset: .2em; }
.back { text-decoration: none; padding: .375rem 0; }
.back:hover { text-decoration: underline; }
h1 { font-size: 1.375rem; line-height: 1.25; margin: 0 0 .5rem; }
h1.total { font-size: 2.25rem; letter-spacing: -.02em; font-variant-numeric: tabular-nums; }
h2 { font-size: .9375rem; margin: 0; }
p { margin: 0 0 1rem; }
.summary p { color: var(--soft); }
.lines { list-style: none; margin: 1.5rem 0 0; padding: 0; }
.lines li, .sum { display: flex; justify-content: space-between; gap: 1rem; padding: .75rem 0; border-top: 1px solid var(--line); }
.summary .sum { color: var(--ink); font-weight: 600; margin: 0; }
.what { overflow-wrap: anywhere; min-width: 0; }
.what small { color: var(--soft); }
.amount { white-space: nowrap; font-variant-numeric: tabular-nums; }
.panel { background: var(--panel); border: 1px solid var(--line); border-radius: .75rem; padding: 1.5rem; min-width: 0; }
.center { text-align: center; }
.methods { display: flex; gap: .25rem; margin: 0 0 1.25rem; border-bottom: 1px solid var(--line); }
.methods a { padding: .625rem .75rem; color: var(--soft); text-decoration: none; border-bottom: 2px solid transparent; margin-bottom: -1px; }
.methods a:hover { color: var(--ink); }
.methods a[aria-current] { color: var(--ink); font-weight: 600; border-color: var(--accent); }
label { display: block; font-size: .875rem; font-weight: 600; margin: 0 0 .25rem; }
input:not([type=hidden]) {
  width: 100%; min-height: 2.75rem; padding: .5rem .75rem; margin: 0 0 1rem; font: inherit; font-variant-numeric: tabular-nums;
  color: var(--ink); background: var(--page); border: 1px solid var(--soft); border-radius: .5rem;
}
::placeholder { color: var(--soft); opacity: 1; }
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: 1rem; }
button, a.primary {
  display: block; width: 100%; min-height: 2.75rem; padding: .625rem 1rem; font: inherit; font-weight: 600; text-align: center;
  border-radius: .5rem; border: 1px solid transparent; cursor: pointer; text-decoration: none;
}
button + button { margin-top: .75rem; }
.primary { background: var(--accent); color: var(--accent-ink); }
.primary:hover { filter: brightness(1.08); }
.plain { background: transparent; color: var(--ink); border-color: var(--soft); }
.plain:hover { border-color: var(--ink); }
:focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; }
.note { font-size: .875rem; color: var(--soft); }
.alert { color: var(--bad); background: var(--bad-page); border-radius: .5rem; padding: .75rem 1rem; font-weight: 600; }
.cards { margin-top: 1.5rem; border-top: 1px solid var(--line); padding-top: 1rem; }
.cards p { font-size: .8125rem; color: var(--soft); margin: 0 0 .5rem; }
.cards ul { list-style: none; margin: 0; padding: 0; display: grid; gap: .125rem; }
.cards a { display: grid; grid-template-columns: auto 1fr; gap: .75rem; padding: .375rem .5rem; margin: 0 -.5rem; border-radius: .375rem; text-decoration: none; color: var(--ink); font-size: .875rem; }
.cards a:hover { background: var(--page); }
.cards code { font: .8125rem/1.7 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; white-space: nowrap; }
.cards span { color: var(--soft); text-align: end; }
@media (min-width: 56rem) {
  .wide main { grid-template-columns: minmax(0, 1fr) minmax(0, 26rem); gap: 4rem; padding-top: 2.5rem; }
}
`;

/** Fills the form in without leaving the page; without scripts the links do it by loading the page anew. */
export const fillInScript = `
const field = (id) => document.getElementById(id);
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-card]");
  if (!link || !field("number")) return;
  event.preventDefault();
  field("number").value = link.dataset.card;
  field("expiry").value = "12 / " + String((new Date().getFullYear() + 4) % 100).padStart(2, "0");
  field("cvc").value = "123";
  field("number").focus();
});
document.addEventListener("input", (event) => {
  const digits = event.target.value.replace(/\\D/g, "");
  if (event.target.id === "number") event.target.value = digits.slice(0, 19).replace(/(\\d{4})(?=\\d)/g, "$1 ");
  if (event.target.id === "expiry" && event.inputType !== "deleteContentBackward" && digits.length >= 2) {
    event.target.value = digits.slice(0, 2) + " / " + digits.slice(2, 4);
  }
});
`;
