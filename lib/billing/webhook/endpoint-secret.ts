import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";

/** A new secret of an endpoint, as Standard Webhooks spells it: 256 bits. */
export function newEndpointSecret(): string {
  return `whsec_${randomBytes(32).toString("base64")}`;
}

/**
 * Encrypts a secret for the table: it signs what is sent, so it must be read again, but not by whoever reads the
 * database alone. The key is drawn from the portal's own.
 */
export function sealSecret(portalKey: Uint8Array, secret: string): string {
  const iv = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", keyOf(portalKey), iv);
  const sealed = Buffer.concat([cipher.update(secret, "utf8"), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString("base64");
}

/** Throws if it was sealed by another portal, or changed. */
export function openSecret(portalKey: Uint8Array, text: string): string {
  const bytes = Buffer.from(text, "base64");
  const decipher = createDecipheriv("aes-256-gcm", keyOf(portalKey), bytes.subarray(0, 12));
  decipher.setAuthTag(bytes.subarray(12, 28));
  return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString("utf8");
}

function keyOf(portalKey: Uint8Array): Uint8Array {
  return new Uint8Array(hkdfSync("sha256", portalKey, "", "mallard webhook secret 1", 32));
}
