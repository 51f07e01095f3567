import { settle } from "@/lib/billing/payment/settle";
import { type RefundWish, startRefund } from "@/lib/billing/refund/start-refund";
import { type ChargeId, newId, type PaymentId, type RefundId } from "@/lib/kernel/id";
import { money, toDecimal } from "@/lib/kernel/money";
import { payFromBalance } from "@/lib/portal/pay";
import { topUp } from "@/lib/portal/top-up";
import { balancePlan, makeInvoice, type TestCustomer } from "./fixtures";
import { ledToStripe } from "./payment-facts";
import { type StripeWorld, untilCaptured } from "./stripe-world";

/** A charge that is booked. */
export interface BookedCharge {
  customer: TestCustomer;
  paymentId: PaymentId;
  chargeId: ChargeId;
  stripeChargeId: string;
  minor: bigint;
}

/** A top-up that was paid by card and has arrived. */
export async function toppedUp(
  world: StripeWorld,
  customer: TestCustomer,
  minor: bigint,
): Promise<BookedCharge> {
  const paymentId = newId<PaymentId>(world.clock);
  const amount = toDecimal(money(minor, customer.currency));
  const wish = { paymentId, currency: customer.currency, amount, invoiceId: null };
  const { sessionId } = await ledToStripe(world, customer, await topUp(customer.actor, wish, world));
  return charged(world, customer, paymentId, sessionId);
}

/** Pays at Stripe's page; what it is for is settled, and Stripe has said its fee. */
export async function charged(
  world: StripeWorld,
  customer: TestCustomer,
  paymentId: PaymentId,
  sessionId: string,
): Promise<BookedCharge> {
  const { customerId } = customer;
  await world.control.pay(sessionId);
  await settle(world, { customerId, paymentId });
  await world.control.webhooksIdle();
  await untilCaptured(world);
  const [row] = await world.owner`
    select id, stripe_charge_id, amount_minor from charges
    where customer_id = ${customerId} and payment_id = ${paymentId}`;
  return {
    customer,
    paymentId,
    chargeId: row?.id,
    stripeChargeId: row?.stripe_charge_id,
    minor: row?.amount_minor,
  };
}

/** From here on the customer owes so much: a top-up was spent, and the cardholder's bank took it back for good. */
export async function makeDebt(world: StripeWorld, customer: TestCustomer, minor: bigint): Promise<void> {
  const charge = await toppedUp(world, customer, minor);
  const invoice = await makeInvoice(world, customer, minor);
  const paid = await payFromBalance(customer.actor, balancePlan(world, [invoice.id], minor), world);
  if (!paid.ok) throw new Error(`the balance pays: ${paid.refusal.code}`);
  const { id } = await world.control.dispute(charge.stripeChargeId);
  await world.control.webhooksIdle();
  await world.control.closeDispute(id, "lost");
  await world.control.webhooksIdle();
}

/** A wish to refund so much of a charge, as somebody of staff decides on it who sees what can be refunded now. */
export async function refundWish(
  world: StripeWorld,
  { customer, chargeId }: BookedCharge,
  minor: bigint,
): Promise<RefundWish> {
  const { customerId, currency, actor } = customer;
  const wish = {
    customerId,
    refundId: newId<RefundId>(world.clock),
    chargeId,
    amount: money(minor, currency),
    reason: "asked for it",
    userId: actor.userId,
  };
  // No amount is seen that is below zero: what it answers is what somebody would see.
  const asked = await startRefund(world, world.staff, { ...wish, seenMinor: -1n });
  if (asked.ok || asked.refusal.code !== "refund_changed") throw new Error("it says what can be refunded");
  return { ...wish, seenMinor: asked.refusal.most.minor };
}

/**
 * What a customer's ledger accounts stand at, debits less credits for assets and costs, credits less debits for the
 * balance and suspense; those at zero are left out. Minor units.
 */
export async function ledgerOf(world: StripeWorld, { customerId, currency }: TestCustomer) {
  const rows = await world.owner`
    select side.account, sum(side.minor)::bigint as minor from transfers t
    cross join lateral (values (t.debit, t.amount_minor), (t.credit, -t.amount_minor)) side (account, minor)
    where t.customer_id = ${customerId} and t.currency = ${currency} and t.kind in ('posted', 'post')
    group by side.account`;
  const liabilities = ["customer_balance", "suspense", "deferred_revenue", "tax_payable", "refund_payable"];
  return Object.fromEntries(
    rows
      .filter(({ minor }) => minor !== 0n)
      .map(({ account, minor }) => [account, liabilities.includes(account) ? -minor : minor]),
  ) as Record<string, bigint>;
}
