/** A row of a CSV: texts are defused, what is already plain (amounts, days) goes as it is. */
export type CsvCell = string | { readonly plain: string };

/** Spreadsheets tell UTF-8 by it. */
export const byteOrderMark = "\ufeff";

/** One row after RFC 4180, with its line end. */
export function csvRow(cells: readonly CsvCell[]): string {
  const fields = cells.map((cell) => quoted(typeof cell === "string" ? defused(cell) : cell.plain));
  return `${fields.join(",")}\r\n`;
}

/** Also in their full width and other shapes, which spreadsheets of East Asia take for the same (NFKC of each is one). */
const formulaSigns =
  "=+\\-@\u2212\u207b\u208b\uff1d\ufe66\u207c\u208c\uff0b\ufe62\u207a\u208a\uff0d\ufe63\uff20\ufe6b";
/** A cell begins with the text; one of a spreadsheet that splits at semicolons or tabs, within it. */
const formula = new RegExp(`(?<=^|[;\\t\\r\\n])(?=[\\s\\p{Cc}\\p{Cf}]*[${formulaSigns}])`, "gu");

/**
 * What a spreadsheet would run as a formula gets an apostrophe before it
 * (https://owasp.org/www-community/attacks/CSV_Injection); of an amount this would make a text.
 */
function defused(text: string): string {
  const harmless = text.replace(formula, "'");
  return /^[\t\r\n]/.test(harmless) ? `'${harmless}` : harmless;
}

function quoted(field: string): string {
  return /[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}

/** Sends what comes, batch by batch, only as fast as it is taken. A fault on the way breaks the download off. */
export function csvStream(batches: AsyncIterator<string>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream(
    {
      pull: async (controller) => {
        const { done, value } = await batches.next();
        if (done) controller.close();
        else controller.enqueue(encoder.encode(value));
      },
      cancel: async () => {
        await batches.return?.();
      },
    },
    { highWaterMark: 0 },
  );
}
