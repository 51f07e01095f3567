import { createHash } from "node:crypto";

const keptLines = 60;

/** What happened, a line each: the last ones to be read, all of them in a digest that two equal runs share. */
export class Trail {
  readonly #last: string[] = [];
  readonly #digest = createHash("sha256");
  #printed: ((line: string) => void) | null = null;

  add(line: string): void {
    this.#digest.update(`${line}\n`);
    this.#last.push(line);
    if (this.#last.length > keptLines) this.#last.shift();
    this.#printed?.(line);
  }

  /** From here on every line is also given to `print`. */
  follow(print: (line: string) => void): void {
    this.#printed = print;
  }

  last(): readonly string[] {
    return [...this.#last];
  }

  digest(): string {
    return this.#digest.copy().digest("hex").slice(0, 12);
  }
}
