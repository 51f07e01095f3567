import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeForm, MalformedForm, type Raw } from "@/lib/sandbox/http/form";

/** Encodes as stripe-node does. */
function encode(value: unknown, name = ""): string[] {
  if (typeof value !== "object" || value === null)
    return [`${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`];
  return Object.entries(value).flatMap(([key, inner]) =>
    encode(inner, name === "" ? key : `${name}[${key}]`),
  );
}

describe("the form encoding", () => {
  test("reads groups in groups and lists of groups", () => {
    const text = "a=1&b[c]=x+y&b[d]=%26&e[0][f]=1&e[1][f]=2&g[]=p&g[]=q";
    expect(JSON.parse(JSON.stringify(decodeForm(text)))).toEqual({
      a: "1",
      b: { c: "x y", d: "&" },
      e: [{ f: "1" }, { f: "2" }],
      g: ["p", "q"],
    });
  });

  test("gives back whatever was encoded", () => {
    const name = fc.stringMatching(/^[a-z_]{1,6}$/);
    const { tree } = fc.letrec<{ tree: Raw; group: Record<string, Raw> }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 3 },
        fc.string({ unit: "grapheme" }),
        fc.array(tie("tree"), { minLength: 1, maxLength: 3 }),
        fc.dictionary(name, tie("tree"), { minKeys: 1, maxKeys: 3 }),
      ),
      group: fc.dictionary(name, tie("tree"), { maxKeys: 3 }),
    }));
    fc.assert(
      fc.property(fc.dictionary(name, tree, { maxKeys: 4 }), (group) => {
        const decoded = decodeForm(encode(group).join("&"));
        expect(JSON.parse(JSON.stringify(decoded))).toEqual(JSON.parse(JSON.stringify(group)));
      }),
    );
  });

  test("a name such as __proto__ is a name like any other", () => {
    const decoded = decodeForm("__proto__[polluted]=1&metadata[constructor]=2");
    expect(Object.keys(decoded)).toEqual(["__proto__", "metadata"]);
    expect(({} as { polluted?: string }).polluted).toBeUndefined();
  });

  test.each(["a=%zz", "[a]=1", "a[b=1", "a=1&a[b]=2", "a[b]=1&a=2"])("%s is malformed", (text) => {
    expect(() => decodeForm(text)).toThrow(MalformedForm);
  });
});
