import { createHash, randomBytes } from "node:crypto";

/** A secret for a link: 256 random bits, and what of it is stored. Whoever reads the table cannot use it. */
export function newSecretToken(): { token: string; hash: string } {
  const token = randomBytes(32).toString("base64url");
  return { token, hash: hashSecretToken(token) };
}

/** SHA-256 is enough for a secret that cannot be guessed: there is nothing to slow down. */
export function hashSecretToken(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}

/** Whether a text from a link can be a token at all; anything else need not be looked up. */
export function isSecretToken(text: string): boolean {
  return /^[A-Za-z0-9_-]{43}$/.test(text);
}
