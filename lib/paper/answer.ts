import type { Paper } from "./shapes";

/** A PDF that the browser shows, and keeps under its name; nobody on the way keeps it. */
export function paperAnswer({ fileName, content }: Paper): Response {
  return new Response(content as Uint8Array<ArrayBuffer>, {
    headers: {
      "content-type": "application/pdf",
      "content-length": String(content.byteLength),
      "content-disposition": disposition("inline", fileName),
      "cache-control": "private, no-store",
    },
  });
}

/** Too much is asked for at once: a sentence, and when it is worth asking again. */
export function busyAnswer(sentence: string): Response {
  return new Response(sentence, {
    status: 429,
    headers: {
      "content-type": "text/plain; charset=utf-8",
      "retry-after": "5",
      "cache-control": "private, no-store",
    },
  });
}

export function csvAnswer(fileName: string, content: ReadableStream<Uint8Array>): Response {
  return new Response(content, {
    headers: {
      "content-type": "text/csv; charset=utf-8",
      "content-disposition": disposition("attachment", fileName),
      "cache-control": "private, no-store",
    },
  });
}

export function jsonAnswer(fileName: string, content: string): Response {
  return new Response(content, {
    headers: {
      "content-type": "application/json; charset=utf-8",
      "content-disposition": disposition("attachment", fileName),
      "cache-control": "private, no-store",
    },
  });
}

/** RFC 6266. A name is letters, digits, points and dashes, whatever a number was made of. */
function disposition(kind: "inline" | "attachment", fileName: string): string {
  return `${kind}; filename="${fileName.replace(/[^A-Za-z0-9._-]+/g, "-")}"`;
}
