import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { firstThatReads, type PurposeKey } from "@/lib/kernel/purpose-key";

/** A new secret of an endpoint, as Standard Webhooks spells it: 256 bits. */
export function newEndpointSecret(): string {
  return `whsec_${randomBytes(32).toString("base64")}`;
}

/** How a secret is sealed: another way gets another version, and this one is still read. */
const version = "1:";

/**
 * Encrypts a secret for the table: it signs what is sent, so it must be read again, but not by whoever reads the
 * database alone.
 */
export function sealSecret({ now: key }: PurposeKey, secret: string): string {
  const iv = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", key, iv);
  const sealed = Buffer.concat([cipher.update(secret, "utf8"), cipher.final()]);
  return version + Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString("base64");
}

/** Null if neither key opens it: the host's secret was changed without naming the one before, or the text was. */
export function openSecret(key: PurposeKey, text: string): { value: string; isCurrent: boolean } | null {
  if (!text.startsWith(version)) return null;
  const bytes = Buffer.from(text.slice(version.length), "base64");
  return firstThatReads(key, (one) => opened(one, bytes));
}

function opened(key: Uint8Array, bytes: Buffer): string | null {
  try {
    const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, 12));
    decipher.setAuthTag(bytes.subarray(12, 28));
    return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString("utf8");
  } catch {
    return null;
  }
}
