import { randomFillSync } from "node:crypto";

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const pool = new Uint8Array(8192);
let used = pool.length;

/** An id as Stripe makes them: a prefix and random letters and digits, e.g. `newId("pi_", 24)`. */
export function newId(prefix: string, length: number): string {
  let id = prefix;
  while (id.length < prefix.length + length) {
    if (used === pool.length) {
      randomFillSync(pool);
      used = 0;
    }
    const value = (pool[used] ?? 0) & 63;
    used += 1;
    if (value < 62) id += alphabet[value];
  }
  return id;
}
