/** A decoded parameter: text, a list, or a group of named parameters. */
export type Raw = string | Raw[] | RawGroup;
export interface RawGroup {
  [name: string]: Raw;
}

/** The body or query is not what Stripe's encoding allows. */
export class MalformedForm extends Error {}

/**
 * Decodes Stripe's form encoding: `line_items[0][price_data][currency]=usd&expand[]=customer`. Numbered groups
 * become lists in the order of their numbers.
 */
export function decodeForm(text: string): RawGroup {
  const root = emptyGroup();
  if (text === "") return root;
  for (const pair of text.split("&")) {
    if (pair === "") continue;
    const cut = pair.indexOf("=");
    const name = decode(cut < 0 ? pair : pair.slice(0, cut));
    const value = cut < 0 ? "" : decode(pair.slice(cut + 1));
    place(root, segments(name), value);
  }
  return listed(root) as RawGroup;
}

/** Group names come from outside: a group without a prototype has no names of its own. */
function emptyGroup(): RawGroup {
  return Object.create(null) as RawGroup;
}

function decode(text: string): string {
  if (!text.includes("%") && !text.includes("+")) return text;
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    throw new MalformedForm("Invalid percent encoding");
  }
}

function segments(name: string): string[] {
  const open = name.indexOf("[");
  if (open < 0) return [name];
  if (open === 0 || !name.endsWith("]")) throw new MalformedForm(`Invalid parameter name: ${name}`);
  return [name.slice(0, open), ...name.slice(open + 1, -1).split("][")];
}

function place(root: RawGroup, path: readonly string[], value: string): void {
  let group = root;
  for (const [depth, segment] of path.entries()) {
    const name = segment === "" ? String(Object.keys(group).length) : segment;
    if (depth === path.length - 1) {
      if (typeof group[name] === "object") throw new MalformedForm(`Invalid parameter: ${path.join(".")}`);
      group[name] = value;
      return;
    }
    const inner = group[name] ?? emptyGroup();
    if (typeof inner === "string") throw new MalformedForm(`Invalid parameter: ${path.join(".")}`);
    group[name] = inner;
    group = inner as RawGroup;
  }
}

function listed(raw: Raw): Raw {
  if (typeof raw === "string" || Array.isArray(raw)) return raw;
  const names = Object.keys(raw);
  for (const name of names) {
    const inner = raw[name];
    if (typeof inner === "object") raw[name] = listed(inner);
  }
  // Object.keys gives numeric names in ascending order.
  const isList = names.length > 0 && names.every((name) => /^\d{1,4}$/.test(name));
  return isList ? names.map((name) => raw[name] as Raw) : raw;
}
