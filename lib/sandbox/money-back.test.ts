import type Stripe from "stripe";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { refusalOf, sessionFor, startTestSandbox, type TestSandbox } from "@/lib/sandbox/test-sandbox";
import { balanceDelayMs } from "@/lib/sandbox/world";

let local: TestSandbox;
let customer: Stripe.Customer;
beforeAll(async () => {
  local = await startTestSandbox();
  customer = await local.stripe.customers.create({});
});
afterAll(() => local.close());

async function charged(card = "4242424242424242"): Promise<Stripe.Charge> {
  const session = await local.stripe.checkout.sessions.create(sessionFor(customer.id, { amount: 5000 }));
  const { paymentIntent } = await local.control.pay(session.id, { card });
  const [charge] = (await local.stripe.charges.list({ payment_intent: paymentIntent ?? "" })).data;
  if (!charge) throw new Error("No charge");
  return charge;
}

async function typesAbout(id: string): Promise<string[]> {
  const events = (await local.control.dump()).event ?? [];
  return events
    .filter((event) => (event.data as { object: { id: string } }).object.id === id)
    .map((event) => String(event.type));
}

const movements = async (source: string) =>
  (await local.stripe.balanceTransactions.list({ source })).data.map(({ type, amount, fee }) => [
    type,
    amount,
    fee,
  ]);

describe("refunds", () => {
  test("go back in parts, never more than was charged", async () => {
    const charge = await charged();
    const first = await local.stripe.refunds.create({
      charge: charge.id,
      amount: 2000,
      metadata: { note: "n1" },
    });
    expect(first).toMatchObject({
      status: "succeeded",
      amount: 2000,
      charge: charge.id,
      metadata: { note: "n1" },
    });
    const tooMuch = await refusalOf(local.stripe.refunds.create({ charge: charge.id, amount: 3001 }));
    expect(tooMuch.param).toBe("amount");
    const rest = await local.stripe.refunds.create({ payment_intent: String(charge.payment_intent) });
    expect(rest.amount).toBe(3000);
    const none = await refusalOf(local.stripe.refunds.create({ charge: charge.id }));
    expect(none.code).toBe("charge_already_refunded");
    expect(await local.stripe.charges.retrieve(charge.id)).toMatchObject({
      amount_refunded: 5000,
      refunded: true,
    });
    const refunds = await local.stripe.refunds.list({ charge: charge.id });
    expect(refunds.data.map(({ id }) => id)).toEqual([rest.id, first.id]);
    expect(await movements(first.id)).toEqual([]);
    await local.control.advance(balanceDelayMs);
    expect(await movements(first.id)).toEqual([["refund", -2000, 0]]);
    expect(await typesAbout(first.id)).toEqual(["refund.created", "refund.updated", "charge.refund.updated"]);
  });

  test("of card 5126 succeed, and fail a minute later: the money is back and can be refunded anew", async () => {
    const charge = await charged("4000000000005126");
    const refund = await local.stripe.refunds.create({ charge: charge.id });
    expect(refund.status).toBe("succeeded");
    await local.control.advance(60_000);
    const failed = await local.stripe.refunds.retrieve(refund.id, {
      expand: ["failure_balance_transaction"],
    });
    expect(failed).toMatchObject({ status: "failed", failure_reason: expect.any(String) });
    expect(failed.failure_balance_transaction).toMatchObject({ type: "refund_failure", amount: 5000 });
    expect(await typesAbout(refund.id)).toEqual([
      "refund.created",
      // Its movement,
      "refund.updated",
      "charge.refund.updated",
      // and its failure.
      "refund.updated",
      "charge.refund.updated",
      "refund.failed",
    ]);
    expect((await local.stripe.charges.retrieve(charge.id)).amount_refunded).toBe(0);
  });

  test("of card 7726 are pending first", async () => {
    const charge = await charged("4000000000007726");
    const refund = await local.stripe.refunds.create({ charge: charge.id });
    expect(refund.status).toBe("pending");
    await local.control.advance(60_000);
    expect((await local.stripe.refunds.retrieve(refund.id)).status).toBe("succeeded");
  });

  test("wait while the host's balance does not cover them, and fail without having moved", async () => {
    await local.control.dashboard({ refundsLackFunds: true });
    const charge = await charged();
    const refund = await local.stripe.refunds.create({ charge: charge.id, amount: 100 });
    await local.control.dashboard({ refundsLackFunds: false });
    expect(refund).toMatchObject({ status: "pending", pending_reason: "insufficient_funds" });
    await local.control.advance(60_000);
    expect(await movements(refund.id)).toEqual([]);
    await local.control.settleRefund(refund.id, "fails");
    const failed = await local.stripe.refunds.retrieve(refund.id);
    expect(failed).toMatchObject({ status: "failed", failure_reason: "insufficient_funds" });
    expect(failed.pending_reason).toBeUndefined();
    expect(await movements(refund.id)).toEqual([]);
  });

  test("end as a control call says", async () => {
    const charge = await charged();
    const refund = await local.stripe.refunds.create({ charge: charge.id, amount: 100 });
    await local.control.settleRefund(refund.id, "fails");
    expect((await local.stripe.refunds.retrieve(refund.id)).status).toBe("failed");
  });
});

describe("disputes", () => {
  test("of card 0259 come at once, take the money and a fee, and bar a refund", async () => {
    const charge = await charged("4000000000000259");
    expect(charge.disputed).toBe(true);
    const [dispute] = (await local.stripe.disputes.list({ charge: charge.id })).data;
    expect(dispute).toMatchObject({
      amount: 5000,
      status: "needs_response",
      payment_intent: charge.payment_intent,
    });
    expect(await movements(dispute?.id ?? "")).toEqual([["adjustment", -5000, 1500]]);
    expect(await typesAbout(dispute?.id ?? "")).toEqual([
      "charge.dispute.created",
      "charge.dispute.funds_withdrawn",
    ]);
    expect((await refusalOf(local.stripe.refunds.create({ charge: charge.id }))).code).toBe(
      "charge_disputed",
    );
  });

  test("won give the money back", async () => {
    const { id } = await local.control.dispute((await charged()).id);
    await local.stripe.disputes.update(id, {
      evidence: { uncategorized_text: "winning_evidence" },
      submit: true,
    });
    expect((await local.stripe.disputes.retrieve(id)).status).toBe("won");
    expect(await movements(id)).toEqual([
      ["adjustment", 5000, 0],
      ["adjustment", -5000, 1500],
    ]);
    expect((await typesAbout(id)).slice(2)).toEqual([
      "charge.dispute.updated",
      "charge.dispute.closed",
      "charge.dispute.funds_reinstated",
    ]);
  });

  test("lost keep it, and cannot be closed twice", async () => {
    const { id } = await local.control.dispute((await charged()).id);
    await local.control.closeDispute(id, "lost");
    expect((await local.stripe.disputes.retrieve(id)).status).toBe("lost");
    expect(await movements(id)).toEqual([["adjustment", -5000, 1500]]);
    await refusalOf(local.stripe.disputes.close(id));
  });

  test("that only inquire leave the charge refundable", async () => {
    const charge = await charged();
    await local.control.dispute(charge.id, "inquiry");
    expect((await local.stripe.refunds.create({ charge: charge.id, amount: 100 })).status).toBe("succeeded");
  });

  test("that only inquire move no money", async () => {
    const charge = await charged("4000000000001976");
    const [dispute] = (await local.stripe.disputes.list({ charge: charge.id })).data;
    expect(dispute).toMatchObject({ status: "warning_needs_response", balance_transactions: [] });
    expect(await movements(dispute?.id ?? "")).toEqual([]);
    await local.control.closeDispute(dispute?.id ?? "", "won");
    expect((await local.stripe.disputes.retrieve(dispute?.id ?? "")).status).toBe("warning_closed");
  });
});

describe("payouts", () => {
  test("carry what has become available, less fees, and one that fails brings it back", async () => {
    const own = await startTestSandbox();
    const owner = await own.stripe.customers.create({});
    const session = await own.stripe.checkout.sessions.create(
      sessionFor(owner.id, { amount: 10_000, in: "eur" }),
    );
    await own.control.pay(session.id);
    expect(await own.control.payOut("eur")).toEqual({ id: null });
    await own.control.advance(2 * 24 * 60 * 60 * 1000 + balanceDelayMs);
    const failed = await own.control.payOut("eur", "failed");
    expect(await own.stripe.payouts.retrieve(failed.id ?? "")).toMatchObject({
      status: "failed",
      amount: 9680,
    });
    const { id } = await own.control.payOut("EUR");
    expect(await own.stripe.payouts.retrieve(id ?? "")).toMatchObject({ status: "paid", amount: 9680 });
    const parts = await own.stripe.balanceTransactions.list({ payout: id ?? "" });
    expect(parts.data.map(({ type, net }) => [type, net])).toEqual([
      ["payout", -9680],
      ["charge", 9680],
    ]);
    const types = (await own.stripe.events.list({ types: ["payout.*"] })).data.map((event) => event.type);
    expect(types).toEqual([
      "payout.reconciliation_completed",
      "payout.paid",
      "payout.created",
      "payout.failed",
      "payout.reconciliation_completed",
      "payout.paid",
      "payout.created",
    ]);
    await own.close();
  });
});
