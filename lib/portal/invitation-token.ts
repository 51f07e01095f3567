import { hashSecretToken, isSecretToken, newSecretToken } from "@/lib/auth/secret-token";
import { type CustomerId, parseId } from "@/lib/kernel/id";

/**
 * The secret of an invitation's link, and what of it is stored. The link also names the customer, whose rows are seen
 * in their scope alone: it finds the row, and proves nothing.
 */
export function newInvitationToken(customerId: CustomerId): { token: string; hash: string } {
  const { token, hash } = newSecretToken();
  return { token: `${customerId.replaceAll("-", "")}${token}`, hash };
}

/** What a text from a link names; null if it cannot be such a token. */
export function readInvitationToken(text: string): { customerId: CustomerId; hash: string } | null {
  const [, ...parts] = /^([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})/.exec(text) ?? [];
  const customerId = parseId<CustomerId>(parts.join("-"));
  const secret = text.slice(32);
  return customerId && isSecretToken(secret) ? { customerId, hash: hashSecretToken(secret) } : null;
}
