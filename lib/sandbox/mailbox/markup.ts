/** Text that is markup already; made by `html` and `raw` only. */
export class Markup {
  constructor(readonly text: string) {}
}

/** Markup of a template: whatever is put into it is text, unless it is markup itself. */
export function html(
  parts: TemplateStringsArray,
  ...values: readonly (string | Markup | readonly Markup[])[]
): Markup {
  return new Markup(String.raw({ raw: parts }, ...values.map(textOf)));
}

/** Our own constant text, taken as it is. */
export function raw(text: string): Markup {
  return new Markup(text);
}

/** A mail's plain text, its web addresses as links. */
export function paragraphs(text: string): Markup {
  const pieces = text.split(/(https?:\/\/[^\s<>"']+)/);
  return new Markup(
    pieces.map((piece, index) => (index % 2 === 0 ? escaped(piece) : link(piece).text)).join(""),
  );
}

function link(url: string): Markup {
  return html`<a href="${url}" target="_blank" rel="noreferrer noopener">${url}</a>`;
}

function textOf(value: string | Markup | readonly Markup[]): string {
  if (typeof value === "string") return escaped(value);
  return value instanceof Markup ? value.text : value.map((markup) => markup.text).join("");
}

function escaped(text: string): string {
  const entities: Record<string, string> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "'": "&#39;",
  };
  return text.replace(/[&<>"']/g, (sign) => entities[sign] ?? sign);
}
