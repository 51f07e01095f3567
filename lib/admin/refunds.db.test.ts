import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { StaffRole } from "@/lib/auth/actor";
import { newId, type RefundId, type SessionId } from "@/lib/kernel/id";
import { type BookedCharge, toppedUp } from "@/lib/testing/charged";
import { makeCustomer } from "@/lib/testing/fixtures";
import { balanceOf, expectBooksBalance } from "@/lib/testing/payment-facts";
import { openStripeWorld, type StripeWorld } from "@/lib/testing/stripe-world";
import { closeTask } from "./close-task";
import { refundTopUp } from "./refund-top-up";
import type { StaffActor } from "./shapes";
import { showCardMoney } from "./show-card-money";
import { syncDispute } from "./sync-money-back";

let world: StripeWorld;

beforeAll(async () => {
  world = await openStripeWorld();
});

afterAll(async () => {
  await expectBooksBalance(world, { full: true });
  await world.close();
});

async function scene(role: StaffRole = "finance") {
  const charge = await toppedUp(world, await makeCustomer(world), 5000n);
  const actor: StaffActor = { userId: charge.customer.actor.userId, sessionId: newId<SessionId>(), role };
  return { charge, actor };
}

function wishOf({ customer, chargeId }: BookedCharge, amount: string, reason = "asked for it") {
  return {
    customerId: customer.customerId,
    chargeId,
    refundId: newId<RefundId>(world.clock),
    currency: customer.currency,
    amount,
    seenMinor: 5000n,
    reason,
  };
}

async function referenceOf({ customer }: BookedCharge): Promise<string> {
  const [row] = await world.owner`select reference from customers where id = ${customer.customerId}`;
  return row?.reference;
}

describe("refunding a top-up to the card", () => {
  it("is for finance and admin, with a reason and an amount", async () => {
    const { charge, actor } = await scene();
    for (const role of ["auditor", "support"] as const) {
      const answer = await refundTopUp({ ...actor, role }, wishOf(charge, "1.00"), world);
      expect(answer).toMatchObject({ refusal: { code: "not_allowed" } });
    }
    const refusals = await Promise.all([
      refundTopUp(actor, wishOf(charge, "1.00", " "), world),
      refundTopUp(actor, wishOf(charge, "0"), world),
      refundTopUp(actor, wishOf(charge, "1.005"), world),
      refundTopUp(actor, wishOf(charge, "50.01"), world),
    ]);
    expect(refusals.map((one) => !one.ok && one.refusal.code)).toEqual([
      "reason_missing",
      "amount_zero",
      "amount_too_precise",
      "refund_too_large",
    ]);
    expect(await balanceOf(world, charge.customer)).toEqual({ posted: 5000n, held: 0n });
  });

  it("shows what was refunded and what can be, and is one refund when its form is sent twice", async () => {
    const { charge, actor } = await scene();
    const wish = wishOf(charge, "20.00");
    const answers = [await refundTopUp(actor, wish, world), await refundTopUp(actor, wish, world)];
    expect(answers.map(({ ok }) => ok)).toEqual([true, true]);
    const money = await showCardMoney(actor, { reference: await referenceOf(charge) }, world);
    expect(money?.charges).toMatchObject([{ refunded: { minor: 2000n }, refundable: { minor: 3000n } }]);
    expect(money?.refunds).toMatchObject([{ state: "succeeded", origin: "staff", note: "asked for it" }]);
  });

  it("that Stripe refuses says so, and leaves the balance as it was", async () => {
    const { charge, actor } = await scene();
    await world.control.dropWebhooks();
    await world.control.dispute(charge.stripeChargeId);
    const answer = await refundTopUp(actor, wishOf(charge, "20.00"), world);
    await world.control.deliverWebhooks();
    expect(answer).toMatchObject({ refusal: { code: "refund_refused", reason: "charge_disputed" } });
    expect(await balanceOf(world, charge.customer)).toEqual({ posted: 5000n, held: 0n });
  });
});

describe("a dispute on staff's pages", () => {
  it("is shown, can be asked about, and its task ends with it and not before", async () => {
    const { charge, actor } = await scene("support");
    const { id } = await world.control.dispute(charge.stripeChargeId);
    await world.control.webhooksIdle();
    const { customerId } = charge.customer;
    const [task] =
      await world.owner`select id from tasks where customer_id = ${customerId} and done_at is null`;
    expect(await closeTask(actor, { customerId, taskId: task?.id }, world)).toMatchObject({
      refusal: { code: "task_ends_by_itself" },
    });
    const reference = await referenceOf(charge);
    const shown = await showCardMoney(actor, { reference }, world);
    expect(shown?.disputes).toMatchObject([{ state: "open", amount: { minor: 5000n }, isInquiry: false }]);
    await world.control.dropWebhooks();
    await world.control.closeDispute(id, "won");
    const disputeId = shown?.disputes[0]?.id;
    if (!disputeId) throw new Error("the dispute is shown");
    expect(await syncDispute(actor, { customerId, disputeId }, world)).toMatchObject({
      value: { state: "won" },
    });
    expect(
      await closeTask({ ...actor, role: "admin" }, { customerId, taskId: task?.id }, world),
    ).toMatchObject({ refusal: { code: "task_not_open" } });
  });
});
