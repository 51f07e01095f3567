import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseSync } from "@swc/core";
import { describe, expect, it } from "vitest";
import en from "@/app/messages/en.json";
import zh from "@/app/messages/zh.json";

const root = fileURLToPath(new URL("../..", import.meta.url));

describe("the messages", () => {
  it("say everything in both languages", () => {
    expect([...flat(zh).keys()].sort()).toEqual([...flat(en).keys()].sort());
    for (const [key, text] of [...flat(en), ...flat(zh)]) expect(text.trim(), key).not.toBe("");
  });

  it("leave room for the same things in both languages", () => {
    const chinese = flat(zh);
    for (const [key, text] of flat(en)) {
      expect(namesIn(chinese.get(key) ?? ""), key).toEqual(namesIn(text));
    }
  });

  it("are translated", () => {
    const hasWord = (text: string) => /[a-z]{2}/i.test(text.replace(/[{<][^}>]*[}>]/g, ""));
    const chinese = flat(zh);
    const same = [...flat(en)].filter(([key, text]) => hasWord(text) && chinese.get(key) === text);
    expect(same).toEqual([]);
  });
});

describe("the pages", () => {
  it("take every text from the messages", () => {
    const found = ["app", "components"].flatMap(sourcesIn).flatMap((path) => textsIn(path));
    expect(found).toEqual([]);
  });

  it("would be found out if they did not", () => {
    const page = `export const Page = ({ n }: { n: number }) => (
      <p title="Two words" className="flex">Hello {n} {"world"} {n > 1 ? "many" : <b aria-label={\`of \${n}\`}>· –</b>}</p>
    );`;
    expect(textsOf(page)).toEqual(["Two words", "Hello", "world", "many", "of "]);
  });
});

function flat(messages: object, path = ""): Map<string, string> {
  const all = new Map<string, string>();
  for (const [name, value] of Object.entries(messages)) {
    if (typeof value === "string") all.set(path + name, value);
    else for (const [key, text] of flat(value as object, `${path}${name}.`)) all.set(key, text);
  }
  return all;
}

/** The arguments and tags of an ICU message: every other level of braces is an argument, the ones between are text. */
function namesIn(message: string): string[] {
  const names = new Set<string>();
  let depth = 0;
  for (const [token, , , tag] of message.matchAll(/(\{)|(\})|<(\w+)>/g)) {
    if (tag) names.add(`<${tag}>`);
    else depth += token === "{" ? 1 : -1;
  }
  expect(depth, message).toBe(0);
  let level = 0;
  for (const match of message.matchAll(/\{\s*(\w*)|\}/g)) {
    if (match[0] === "}") level -= 1;
    else {
      if (level % 2 === 0 && match[1]) names.add(match[1]);
      level += 1;
    }
  }
  return [...names].sort();
}

function sourcesIn(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".tsx"))
    .map((path) => join(folder, path));
}

function textsIn(path: string): string[] {
  return textsOf(readFileSync(join(root, path), "utf8")).map((text) => `${path}: ${text}`);
}

/** Attributes that people read or hear. */
const spoken = new Set([
  "aria-label",
  "aria-description",
  "aria-roledescription",
  "aria-valuetext",
  "aria-placeholder",
  "title",
  "placeholder",
  "alt",
  "label",
]);

/** The words that a source file shows without asking the messages; signs and figures are no words. */
function textsOf(source: string): string[] {
  const texts: string[] = [];
  const add = (text: string) => {
    if (/\p{L}/u.test(text)) texts.push(text);
  };

  /** An expression whose value is shown: its strings are texts, what it calls is not looked at. */
  function shown(node: Node | null | undefined): void {
    switch (node?.type) {
      case "StringLiteral":
        add(String(node.value));
        return;
      case "TemplateLiteral":
        for (const part of node.quasis as { raw: string }[]) add(part.raw);
        return;
      case "ConditionalExpression":
        shown(node.consequent as Node);
        shown(node.alternate as Node);
        return;
      case "BinaryExpression":
        if (["&&", "||", "??", "+"].includes(node.operator as string)) {
          shown(node.left as Node);
          shown(node.right as Node);
        }
        return;
      case "ParenthesisExpression":
        shown(node.expression as Node);
    }
  }

  function walk(value: unknown): void {
    if (Array.isArray(value)) value.forEach(walk);
    if (value === null || typeof value !== "object" || Array.isArray(value)) return;
    const node = value as Node;
    if (node.type === "JSXText") add(String(node.value).trim());
    if (node.type === "JSXElement" || node.type === "JSXFragment") {
      // In the order of the page: first what the element says about itself.
      walk(node.opening);
      for (const child of node.children as Node[]) {
        if (child.type === "JSXExpressionContainer") shown(child.expression as Node);
        walk(child);
      }
      return;
    }
    if (node.type === "JSXAttribute" && spoken.has(nameOf(node))) {
      const given = node.value as Node | null;
      shown(given?.type === "JSXExpressionContainer" ? (given.expression as Node) : given);
    }
    for (const [name, part] of Object.entries(node)) if (name !== "span") walk(part);
  }

  walk(parseSync(source, { syntax: "typescript", tsx: true, target: "es2022" }));
  return texts;
}

interface Node {
  type: string;
  [name: string]: unknown;
}

function nameOf(attribute: Node): string {
  return String((attribute.name as { value?: unknown }).value ?? "");
}
