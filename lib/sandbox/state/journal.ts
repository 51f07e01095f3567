import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import type { TableName } from "@/lib/sandbox/state/tables";

/** What one transaction left behind: table, sequence number, id, and the row's version (null: deleted). */
export type JournalEntry = [table: TableName, seq: number, id: string, value: { id: string } | null][];

/**
 * State on disk: one file, one line of JSON per transaction, only ever added to, rewritten whole when it has grown
 * to several times what it holds (written beside, synced, then renamed).
 *
 * A line is handed to the operating system before the request is answered, so `kill -9` loses nothing that was
 * answered; a torn last line was never answered and is dropped. It is not synced at every line: after a power
 * failure the last seconds may be missing, which is good enough for a stand-in that holds no real money.
 */
export class Journal {
  readonly #path: string;
  #file: number;
  #bytes = 0;
  #bytesWhenWhole = 0;

  constructor(dataDir: string) {
    // The signing secret of the webhook is in it: it is its owner's alone.
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    this.#path = join(dataDir, "journal.jsonl");
    this.#file = openSync(this.#path, "a", 0o600);
  }

  *entries(): Generator<JournalEntry> {
    if (!existsSync(this.#path)) return;
    for (const line of linesOf(this.#path)) {
      let entry: JournalEntry;
      try {
        entry = JSON.parse(line);
      } catch {
        // Only the last line can be torn: whatever stood behind it would have been appended to it.
        return;
      }
      yield entry;
    }
  }

  append(entry: JournalEntry): void {
    const line = Buffer.from(`${JSON.stringify(entry)}\n`);
    writeWhole(this.#file, line);
    this.#bytes += line.length;
  }

  isOvergrown(): boolean {
    return this.#bytes > 64_000_000 && this.#bytes > 3 * this.#bytesWhenWhole;
  }

  /** Replaces the file by one that holds just these entries. */
  rewrite(entries: Iterable<JournalEntry>): void {
    const beside = `${this.#path}.new`;
    const file = openSync(beside, "w", 0o600);
    this.#bytes = 0;
    let lines: string[] = [];
    let length = 0;
    const flush = () => {
      const chunk = Buffer.from(lines.join(""));
      writeWhole(file, chunk);
      this.#bytes += chunk.length;
      lines = [];
      length = 0;
    };
    for (const entry of entries) {
      const line = `${JSON.stringify(entry)}\n`;
      lines.push(line);
      length += line.length;
      if (length > 1_000_000) flush();
    }
    flush();
    fsyncSync(file);
    closeSync(file);
    closeSync(this.#file);
    renameSync(beside, this.#path);
    this.#file = openSync(this.#path, "a", 0o600);
    this.#bytesWhenWhole = this.#bytes;
  }

  close(): void {
    fsyncSync(this.#file);
    closeSync(this.#file);
  }
}

function writeWhole(file: number, bytes: Buffer): void {
  let written = 0;
  while (written < bytes.length) written += writeSync(file, bytes, written);
}

/** The whole lines of a file, read in pieces; a rest without a line break is yielded last. */
function* linesOf(path: string): Generator<string> {
  const file = openSync(path, "r");
  const piece = Buffer.alloc(1 << 20);
  let rest: Buffer = Buffer.alloc(0);
  try {
    for (;;) {
      const length = readSync(file, piece, 0, piece.length, null);
      if (length === 0) break;
      rest = Buffer.concat([rest, piece.subarray(0, length)]);
      let from = 0;
      for (let end = rest.indexOf(10, from); end >= 0; end = rest.indexOf(10, from)) {
        yield rest.toString("utf8", from, end);
        from = end + 1;
      }
      rest = rest.subarray(from);
    }
  } finally {
    closeSync(file);
  }
  if (rest.length > 0) yield rest.toString("utf8");
}
