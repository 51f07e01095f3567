import { transact } from "@/db/transaction";
import type { Refund } from "@/lib/gateway/port";
import { reasonOf, searchFor } from "../payment/reached";
import type { World } from "../world";
import { refundMismatch } from "./judge-refund";
import type { RefundRecord } from "./read-refund";

/** What Stripe knows of a refund. */
export type ReachedRefund =
  | { kind: "refund"; refund: Refund }
  /** Stripe has nothing of it, and never will. */
  | { kind: "nothing"; code: string }
  | { kind: "unknown"; reason: string };

/**
 * Finds out what Stripe knows of a refund, and asks for it where it has not been: the same key and the same bytes within
 * 23 hours of the first attempt, looked up by listing after 24 (domain.md, States). Moves nothing of the ledger.
 */
export async function reachRefund(world: World, refund: RefundRecord): Promise<ReachedRefund> {
  const { gateway } = world;
  if (refund.stripeRefundId) return readOf(await gateway.readRefund(refund.stripeRefundId));
  if (refund.state === "failed") return { kind: "nothing", code: refund.failureCode ?? "failed" };
  switch (searchFor(world, refund)) {
    case "resend":
      return send(world, refund);
    case "wait":
      return { kind: "unknown", reason: "between_resend_and_look_up" };
    case "look_up": {
      const found = await gateway.findRefund(
        refund.stripeChargeId,
        refund.id,
        (said) => refundMismatch(refund, said) === null,
      );
      if (found.outcome !== "succeeded") return { kind: "unknown", reason: reasonOf(found) };
      return found.value
        ? { kind: "refund", refund: found.value }
        : { kind: "nothing", code: "never_created" };
    }
  }
}

async function send(world: World, refund: RefundRecord): Promise<ReachedRefund> {
  const { request, requestKey } = refund;
  if (!request || !requestKey) throw new Error("a refund of staff has its request stored");
  const sent = await world.gateway.createRefund(request, requestKey);
  switch (sent.outcome) {
    case "succeeded":
      return { kind: "refund", refund: sent.value };
    case "declined":
      // A refusal that never looked at the key says nothing of an earlier call under it.
      if (!sent.isUnheard) return { kind: "nothing", code: sent.code };
      await markUnknown(world, refund);
      return { kind: "unknown", reason: sent.code };
    case "unknown":
      await markUnknown(world, refund);
      return { kind: "unknown", reason: sent.reason };
  }
}

function readOf(read: Awaited<ReturnType<World["gateway"]["readRefund"]>>): ReachedRefund {
  if (read.outcome !== "succeeded") return { kind: "unknown", reason: reasonOf(read) };
  return { kind: "refund", refund: read.value };
}

async function markUnknown(world: World, { customerId, id }: RefundRecord): Promise<void> {
  await transact(world.jobs, { customerId }, async ({ sql }) => {
    await sql`
      update refunds set state = 'unknown', send_count = send_count + 1
      where customer_id = ${customerId} and id = ${id} and state in ('created', 'unknown')`;
  });
}
