import { createHmac } from "node:crypto";

/** The `Stripe-Signature` header: one `v1` for each secret, so that a secret can be rotated. */
export function signatureHeader(
  payload: string,
  secrets: readonly string[],
  timestampSeconds: number,
): string {
  const signatures = secrets.map((secret) =>
    createHmac("sha256", secret).update(`${timestampSeconds}.${payload}`).digest("hex"),
  );
  return [`t=${timestampSeconds}`, ...signatures.map((signature) => `v1=${signature}`)].join(",");
}
