import { randomFillSync } from "node:crypto";

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const pool = new Uint8Array(8192);
let used = pool.length;

/** An id as Stripe makes them: a prefix and random letters and digits, e.g. `newId("pi_", 24)`. */
export function newId(prefix: string, length: number): string {
  // Written into bytes first: a string that grows letter by letter is kept as a chain of them, at ten times the size.
  const id = Buffer.allocUnsafe(prefix.length + length);
  let at = id.write(prefix, "latin1");
  while (at < id.length) {
    if (used === pool.length) {
      randomFillSync(pool);
      used = 0;
    }
    const value = (pool[used] ?? 0) & 63;
    used += 1;
    if (value < 62) at = id.writeUInt8(alphabet.charCodeAt(value), at);
  }
  return id.toString("latin1");
}
