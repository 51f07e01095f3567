import { invalidRequest } from "@/lib/sandbox/http/api-error";

/** One part before the @ and a host with a dot behind it, all of it ASCII: others Stripe is known to refuse. */
const taken =
  /^[!-?A-~]+@[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)+$/;

/**
 * Refuses an address as Stripe does: a space at its end, a host without a dot, letters beyond ASCII, two dots in a row.
 * The method has begun by then: the refusal is remembered under the key.
 */
export function checkEmail(email: string | null | undefined, param: string): void {
  if (email === undefined || email === null) return;
  const local = email.slice(0, email.indexOf("@"));
  const isTaken =
    taken.test(email) && !local.startsWith(".") && !local.endsWith(".") && !local.includes("..");
  if (!isTaken) throw invalidRequest(`Invalid email address: ${email}`, { code: "email_invalid", param });
}
