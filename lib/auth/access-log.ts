import { headers } from "next/headers";
import type { Refusal, Result } from "@/lib/kernel/result";
import type { SignedIn } from "./actor";
import { clientAddress } from "./client-address";
import { logSecurityEvent, type SecurityEvent } from "./security-log";

/** Who did it, and for which customer; staff for none. */
type Actor = Pick<SignedIn, "userId"> & Pick<SecurityEvent, "customerId">;

/**
 * Writes into the log of security that somebody's access was changed, or that this was refused, and hands the answer on.
 * For actions. The same stands in the activity, which a customer sees; here it stands beside the sign-ins.
 */
export async function logAccess<T, R extends Refusal>(
  event: SecurityEvent["event"],
  { userId, customerId }: Actor,
  about: Pick<SecurityEvent, "subject" | "invited" | "change">,
  answer: Result<T, R>,
): Promise<Result<T, R>> {
  const outcome = answer.ok ? "ok" : answer.refusal.code;
  const address = clientAddress(await headers());
  logSecurityEvent({ event, outcome, address, userId, ...(customerId && { customerId }), ...about });
  return answer;
}
