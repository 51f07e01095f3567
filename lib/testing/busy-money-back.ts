import { settleDispute } from "@/lib/billing/dispute/settle-dispute";
import { settleRefund } from "@/lib/billing/refund/settle-refund";
import { startRefund } from "@/lib/billing/refund/start-refund";
import type { Dispute, Refund } from "@/lib/gateway/port";
import { type ChargeId, type DisputeId, newId, type PaymentId, type RefundId } from "@/lib/kernel/id";
import { money } from "@/lib/kernel/money";
import type { TestCustomer } from "./fixtures";
import type { TestWorld } from "./world";

/** What went back of a customer's money, or is asked back. */
export interface MoneyBack {
  /** Of a top-up, and there. */
  refund: RefundId;
  /** Stripe has not answered: its amount is held. */
  openRefund: RefundId;
  /** Made, and refused by the bank later. */
  failedRefund: RefundId;
  /** Funds withdrawn; what was available is held. */
  openDispute: DisputeId;
  lostDispute: DisputeId;
  wonDispute: DisputeId;
}

/** Refunds and disputes of a customer's top-ups, each in another state; Stripe's answers are told, not asked for. */
export async function makeMoneyBack(
  world: TestWorld,
  customer: TestCustomer,
  topUp: TopUp,
): Promise<MoneyBack> {
  const charge = await chargeOf(world, customer, await topUp(9000n));
  const refund = await refundOf(world, customer, charge, 600n);
  await said(world, customer, refund, charge, { status: "succeeded", amountMinor: 600n });
  const failedRefund = await refundOf(world, customer, charge, 100n);
  await said(world, customer, failedRefund, charge, { status: "succeeded", amountMinor: 100n });
  await said(world, customer, failedRefund, charge, { status: "failed", amountMinor: 100n });
  const openRefund = await refundOf(world, customer, charge, 200n);
  const [open, lost, won] = [
    await dispute(world, customer, await topUp(1000n), 1000n),
    await dispute(world, customer, await topUp(1100n), 1100n),
    await dispute(world, customer, await topUp(1200n), 1200n),
  ];
  await tell(world, { ...lost.said, status: "lost" });
  const back = { balanceTransactionId: "txn_back", settledMinor: 1200n, feeMinor: 0n };
  const currency = customer.currency;
  await tell(world, {
    ...won.said,
    status: "won",
    movements: [...won.said.movements, { ...back, currency }],
  });
  return { refund, openRefund, failedRefund, openDispute: open.id, lostDispute: lost.id, wonDispute: won.id };
}

interface BookedCharge {
  id: ChargeId;
  stripeChargeId: string;
}

type TopUp = (minor: bigint) => Promise<PaymentId>;

async function chargeOf(
  world: TestWorld,
  { customerId }: TestCustomer,
  paymentId: PaymentId,
): Promise<BookedCharge> {
  const [row] = await world.jobs.sql`
    select id, stripe_charge_id from charges where customer_id = ${customerId} and payment_id = ${paymentId}`;
  return { id: row?.id, stripeChargeId: row?.stripe_charge_id };
}

async function refundOf(
  world: TestWorld,
  { customerId, currency, actor }: TestCustomer,
  charge: BookedCharge,
  minor: bigint,
): Promise<RefundId> {
  const refundId = newId<RefundId>(world.clock);
  const wish = {
    customerId,
    refundId,
    chargeId: charge.id,
    amount: money(minor, currency),
    reason: "too much",
    userId: actor.userId,
  };
  const asked = await startRefund(world, world.staff, { ...wish, seenMinor: -1n });
  const seenMinor = !asked.ok && asked.refusal.code === "refund_changed" ? asked.refusal.most.minor : 0n;
  const started = await startRefund(world, world.staff, { ...wish, seenMinor });
  if (!started.ok) throw new Error(`the refund begins: ${started.refusal.code}`);
  return refundId;
}

async function said(
  world: TestWorld,
  { customerId, currency }: TestCustomer,
  refundId: RefundId,
  charge: BookedCharge,
  what: Pick<Refund, "status" | "amountMinor">,
): Promise<void> {
  const movement = { balanceTransactionId: `txn_${refundId}`, feeMinor: 0n, currency };
  const settled = await settleRefund(
    world,
    { customerId, refundId },
    {
      id: `re_${refundId}`,
      stripeChargeId: charge.stripeChargeId,
      currency,
      refundId,
      customerId,
      failureReason: null,
      pendingReason: null,
      movement: { ...movement, settledMinor: -what.amountMinor },
      failureMovement: what.status === "failed" ? { ...movement, settledMinor: what.amountMinor } : null,
      ...what,
    },
  );
  if (settled.kind !== "settled") throw new Error(`the refund is settled: ${settled.kind}`);
}

async function dispute(world: TestWorld, customer: TestCustomer, paymentId: PaymentId, minor: bigint) {
  const charge = await chargeOf(world, customer, paymentId);
  const { currency, customerId } = customer;
  const said: Dispute = {
    id: `du_${charge.id}`,
    status: "needs_response",
    stripeChargeId: charge.stripeChargeId,
    amountMinor: minor,
    currency,
    isLive: false,
    reason: "fraudulent",
    evidenceDueAt: null,
    movements: [
      { balanceTransactionId: `txn_${charge.id}`, settledMinor: -minor, feeMinor: 1500n, currency },
    ],
  };
  await tell(world, said);
  const [row] = await world.jobs.sql`
    select id from disputes where customer_id = ${customerId} and stripe_dispute_id = ${said.id}`;
  return { id: row?.id as DisputeId, said };
}

async function tell(world: TestWorld, said: Dispute): Promise<void> {
  const settled = await settleDispute(world, said.id, said);
  if (settled.kind !== "settled") throw new Error(`the dispute is settled: ${settled.kind}`);
}
