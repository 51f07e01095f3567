import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { csvRow, csvStream } from "./csv";

const cell = fc.string({
  unit: fc.oneof(
    fc.constantFrom('"', ",", ";", "\r", "\n", "\t", "=", "+", "-", "@", "＝", "＋", "－", "＠", "'", " "),
    fc.string({ unit: "grapheme", minLength: 1, maxLength: 1 }),
  ),
});

describe("a row of a CSV", () => {
  it("is read back as it was written, but for the apostrophe before a formula", () => {
    fc.assert(
      fc.property(fc.array(cell, { minLength: 1, maxLength: 6 }), (cells) => {
        const fields = parse(csvRow(cells));
        expect(fields.map(withoutApostrophes)).toEqual(cells.map(withoutApostrophes));
      }),
    );
  });

  it("has no text that a spreadsheet would run", () => {
    fc.assert(
      fc.property(fc.array(cell, { minLength: 1, maxLength: 6 }), (cells) => {
        for (const field of parse(csvRow(cells))) {
          expect(field).not.toMatch(/^[=+\-@＝＋－＠\t\r\n]/);
          // In a country whose spreadsheets split at semicolons, each part is a cell.
          for (const part of field.split(/[;\t\r\n]/)) expect(part).not.toMatch(/^\s*[=+\-@＝＋－＠]/);
        }
      }),
    );
    expect(csvRow(["=1+1", " =1", "@x", "-5", "+5", "\tx", "\rx"])).toBe(
      "'=1+1,' =1,'@x,'-5,'+5,'\tx,\"'\rx\"\r\n",
    );
  });

  it("defuses a formula behind a semicolon, in full width, and behind what is not seen", () => {
    expect(csvRow(["a;=1+1", "＝1", "＋1", "－1", "＠x", "\u200b=1", "\u2212 1", "a-b; c"])).toBe(
      "a;'=1+1,'＝1,'＋1,'－1,'＠x,'\u200b=1,'\u2212 1,a-b; c\r\n",
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

/** Every one, also those that were typed: where ours go is asked of the other test. */
function withoutApostrophes(text: string | undefined): string {
  return (text ?? "").replaceAll("'", "");
}

/** Reads one row after RFC 4180. */
function parse(row: string): string[] {
  expect(row.endsWith("\r\n")).toBe(true);
  const fields: string[] = [];
  for (const [, quoted, bare] of `,${row.slice(0, -2)}`.matchAll(/,(?:"((?:[^"]|"")*)"|([^",\r\n]*))/g)) {
    fields.push(quoted !== undefined ? quoted.replaceAll('""', '"') : (bare ?? ""));
  }
  return fields;
}
