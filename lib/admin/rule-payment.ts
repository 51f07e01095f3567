import { constraintName, transact } from "@/db/transaction";
import { mayStaff } from "@/lib/auth/staff-rights";
import { type NamingObject, objectsNaming } from "@/lib/billing/payment/objects-naming";
import { type RulingRefusal, rulePayment } from "@/lib/billing/payment/rule-payment";
import { readPayment } from "@/lib/billing/payment/settle";
import { isFinal } from "@/lib/billing/payment/states";
import { showUnbooked } from "@/lib/billing/reconciliation/show-unbooked";
import { type CustomerId, type PaymentId, type UserId, uuidv7 } from "@/lib/kernel/id";
import { type Money, money } from "@/lib/kernel/money";
import { ok, type Result, refuse } from "@/lib/kernel/result";
import { checkedReason, type ReasonRefusal } from "./reason";
import { recordActivity } from "./record-activity";
import type { StaffActor } from "./shapes";
import { type StaffWorld, staffWorld } from "./world";

interface Ref {
  customerId: CustomerId;
  paymentId: PaymentId;
}

/** What is proposed of a payment, until somebody else confirms it. */
export interface OpenRuling {
  id: string;
  ruling: "ended" | "object";
  stripeId: string | null;
  reason: string;
  by: string;
  isOwn: boolean;
  proposedAt: Date;
}

/** A payment that does not fit what Stripe says: ours beside theirs, and what is proposed. */
export interface Quarantine {
  reason: string;
  since: Date;
  ours: { amount: Money; stripeCustomerId: string; paymentId: PaymentId };
  /** Null where Stripe does not answer. */
  objects: NamingObject[] | null;
  proposed: OpenRuling | null;
}

/** Null for a payment that fits, or has ended. Every role may look. */
export async function showQuarantine(
  actor: StaffActor,
  ref: Ref,
  world: StaffWorld = staffWorld(),
): Promise<Quarantine | null> {
  const { customerId, paymentId } = ref;
  const { sql } = world.staff;
  const [[task], [row], payment] = await Promise.all([
    sql`
      select detail, created_at from tasks where customer_id = ${customerId} and kind = 'payment_quarantined'
        and subject_id = ${paymentId} and done_at is null order by created_at desc limit 1`,
    sql`
      select r.*, u.name as by from payment_rulings r join users u on u.id = r.proposed_by
      where r.customer_id = ${customerId} and r.payment_id = ${paymentId} and r.decided_at is null`,
    readPayment(world, ref),
  ]);
  if (!payment || payment.cardMinor === 0n || isFinal(payment.state) || (!task && !row)) return null;
  const { reason = "", stripeId } = (task?.detail ?? {}) as { reason?: string; stripeId?: string };
  const found = await objectsNaming(world, payment, stripeId ? [stripeId] : []);
  return {
    reason,
    since: task?.created_at ?? row?.proposed_at,
    ours: {
      amount: money(payment.cardMinor, payment.currency),
      stripeCustomerId: (payment.request as { stripeCustomerId: string }).stripeCustomerId,
      paymentId,
    },
    objects: found.kind === "found" ? found.objects : null,
    proposed: row
      ? {
          id: row.id,
          ruling: row.ruling,
          stripeId: row.stripe_id,
          reason: row.reason,
          by: row.by,
          isOwn: row.proposed_by === actor.userId,
          proposedAt: row.proposed_at,
        }
      : null,
  };
}

export type ProposeRefusal =
  | { code: "not_allowed" }
  | { code: "payment_not_found" }
  | { code: "payment_is_final" }
  | { code: "ruling_proposed" }
  | ReasonRefusal;

/** The first of two: says what became of the payment, with a reason. Nothing happens until somebody else confirms it. */
export async function proposeRuling(
  actor: StaffActor,
  wish: Ref & { stripeId: string | null; reason: string },
  world: StaffWorld = staffWorld(),
): Promise<Result<null, ProposeRefusal>> {
  if (!mayStaff(actor.role, "payment.rule")) return refuse({ code: "not_allowed" });
  const checked = checkedReason(wish.reason);
  if (!checked.ok) return refuse(checked.refusal);
  const payment = await readPayment(world, wish);
  if (!payment || payment.cardMinor === 0n) return refuse({ code: "payment_not_found" });
  if (isFinal(payment.state)) return refuse({ code: "payment_is_final" });
  const { customerId, paymentId, stripeId } = wish;
  try {
    await transact(world.staff, { customerId }, async ({ sql }) => {
      const ruling = stripeId ? "object" : "ended";
      await sql`
        insert into payment_rulings (customer_id, id, payment_id, ruling, stripe_id, reason, proposed_by, proposed_at)
        values (${customerId}, ${uuidv7(world.clock)}, ${paymentId}, ${ruling}, ${stripeId}, ${checked.reason},
          ${actor.userId}, ${world.clock.now()})`;
      const detail = { paymentId, ruling, reason: checked.reason, ...(stripeId && { stripeId }) };
      const userId = actor.userId as UserId;
      await recordActivity(world, sql, { customerId, userId, verb: "payment_ruling_proposed", detail });
    });
  } catch (error) {
    if (constraintName(error) !== "payment_rulings_open_key") throw error;
    return refuse({ code: "ruling_proposed" });
  }
  return ok(null);
}

export type DecideRefusal =
  | { code: "not_allowed" }
  | { code: "ruling_not_found" }
  /** Who proposed it cannot confirm it. */
  | { code: "second_person_needed" }
  | RulingRefusal;

/** The second of two: confirms what somebody else proposed, and it is done; or withdraws it, whoever proposed it. */
export async function decideRuling(
  actor: StaffActor,
  wish: Ref & { rulingId: string; decision: "confirmed" | "withdrawn" },
  world: StaffWorld = staffWorld(),
): Promise<Result<null, DecideRefusal>> {
  if (!mayStaff(actor.role, "payment.rule")) return refuse({ code: "not_allowed" });
  const { customerId, paymentId, rulingId, decision } = wish;
  const [row] = await world.staff.sql`
    select ruling, stripe_id, proposed_by from payment_rulings
    where customer_id = ${customerId} and payment_id = ${paymentId} and id = ${rulingId} and decided_at is null`;
  if (!row) return refuse({ code: "ruling_not_found" });
  if (decision === "confirmed") {
    if (row.proposed_by === actor.userId) return refuse({ code: "second_person_needed" });
    const ruling =
      row.ruling === "object"
        ? { kind: "object" as const, stripeId: row.stripe_id as string }
        : { kind: "ended" as const };
    // Done first: should the row not be written, the payment has ended, and the proposal can only be withdrawn.
    const ruled = await rulePayment(world, { customerId, paymentId }, ruling, {
      actor: "staff",
      userId: actor.userId,
    });
    if (!ruled.ok) return refuse(ruled.refusal);
    await showUnbooked(world, { customerId, paymentId });
  }
  await transact(world.staff, { customerId }, async ({ sql }) => {
    await sql`
      update payment_rulings set decision = ${decision}, decided_by = ${actor.userId}, decided_at = ${world.clock.now()}
      where customer_id = ${customerId} and id = ${rulingId} and decided_at is null`;
    const userId = actor.userId as UserId;
    const verb = `payment_ruling_${decision}`;
    await recordActivity(world, sql, { customerId, userId, verb, detail: { paymentId } });
  });
  return ok(null);
}
