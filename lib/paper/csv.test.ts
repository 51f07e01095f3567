import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { csvRow, csvStream } from "./csv";

const cell = fc.string({
  unit: fc.oneof(
    fc.constantFrom('"', ",", "\r", "\n", "\t", "=", "+", "-", "@", "'", " "),
    fc.string({ unit: "grapheme", minLength: 1, maxLength: 1 }),
  ),
});

describe("a row of a CSV", () => {
  it("is read back as it was written, but for the apostrophe before a formula", () => {
    fc.assert(
      fc.property(fc.array(cell, { minLength: 1, maxLength: 6 }), (cells) => {
        const fields = parse(csvRow(cells));
        expect(fields.map((field, index) => (field === cells[index] ? field : field.slice(1)))).toEqual(
          cells,
        );
      }),
    );
  });

  it("has no text that a spreadsheet would run", () => {
    fc.assert(
      fc.property(fc.array(cell, { minLength: 1, maxLength: 6 }), (cells) => {
        for (const field of parse(csvRow(cells))) expect(field).not.toMatch(/^[=+\-@\t\r\n]/);
      }),
    );
    expect(csvRow(["=1+1", " =1", "@x", "-5", "+5", "\tx", "\rx"])).toBe(
      "'=1+1,' =1,'@x,'-5,'+5,'\tx,\"'\rx\"\r\n",
    );
  });

  it("leaves amounts as numbers, negative ones too", () => {
    expect(csvRow([{ plain: "-12.00" }, "USD"])).toBe("-12.00,USD\r\n");
  });
});

describe("the stream of a CSV", () => {
  it("reads a batch only when one is taken, and stops reading when the download is given up", async () => {
    const made: number[] = [];
    async function* batches() {
      for (let index = 0; index < 1000; index++) {
        made.push(index);
        yield `${index}\r\n`;
      }
    }
    const reader = csvStream(batches()).getReader();
    await reader.read();
    await reader.read();
    await reader.cancel();
    expect(made).toEqual([0, 1]);
  });

  it("breaks off with the fault, so that nobody takes the half for the whole", async () => {
    async function* batches() {
      yield "1\r\n";
      throw new Error("the database is gone");
    }
    await expect(new Response(csvStream(batches())).text()).rejects.toThrow("the database is gone");
  });
});

/** Reads one row after RFC 4180. */
function parse(row: string): string[] {
  expect(row.endsWith("\r\n")).toBe(true);
  const fields: string[] = [];
  for (const [, quoted, bare] of `,${row.slice(0, -2)}`.matchAll(/,(?:"((?:[^"]|"")*)"|([^",\r\n]*))/g)) {
    fields.push(quoted !== undefined ? quoted.replaceAll('""', '"') : (bare ?? ""));
  }
  return fields;
}
