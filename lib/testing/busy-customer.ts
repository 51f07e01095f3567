import { recordBankPayment } from "@/lib/billing/payment/record-bank-payment";
import { readPayment, settle } from "@/lib/billing/payment/settle";
import type { Charge, Checkout, Fee } from "@/lib/gateway/port";
import type { CalendarDay } from "@/lib/kernel/calendar";
import { type BankReceiptId, type InvoiceId, newId, type PaymentId, type ServiceId } from "@/lib/kernel/id";
import { type Currency, money, toDecimal } from "@/lib/kernel/money";
import { cancelInvoice } from "@/lib/portal/cancel-invoice";
import { payCombined, payDirect, payFromBalance } from "@/lib/portal/pay";
import { topUp } from "@/lib/portal/top-up";
import { type MoneyBack, makeMoneyBack } from "./busy-money-back";
import {
  balancePlan,
  giveBalance,
  makeActiveService,
  makeCustomer,
  makeInvoice,
  makeOrder,
  makePlan,
  makeRenewal,
  plan,
  type TestCustomer,
} from "./fixtures";
import type { TestWorld } from "./world";

export interface BusyCustomer extends TestCustomer, MoneyBack {
  serviceId: ServiceId;
  /** Paid from the balance alone. */
  paidFromBalance: InvoiceId;
  /** Paid by card, its fee known, in the charge's currency. */
  paidByCard: InvoiceId;
  /** Paid from both, its fee in another currency. */
  paidCombined: InvoiceId;
  /** Two invoices of one combined payment that is under way: balance held, both claimed. */
  held: readonly [InvoiceId, InvoiceId];
  heldPayment: PaymentId;
  /** Of a payment that expired; a success reported after that became balance. */
  late: InvoiceId;
  latePayment: PaymentId;
  /** An open renewal that nobody pays yet. */
  renewal: InvoiceId;
  /** A top-up that began from that renewal and is under way. */
  openTopUp: PaymentId;
  /** Paid by bank, with more than was due. */
  paidByBank: InvoiceId;
  /** Cancelled by the customer, with a credit note. */
  voided: InvoiceId;
}

/** A customer to whom everything has happened that can happen to a payment, through the use cases themselves. */
export async function makeBusyCustomer(
  world: TestWorld,
  currency: Currency = "USD",
  planPrice = 1000n,
): Promise<BusyCustomer> {
  const customer = await makeCustomer(world, { currency });
  await world.staff.sql`
    update customers set stripe_customer_id = ${stripeCustomerOf(customer)} where id = ${customer.customerId}`;
  const planId = await makePlan(world, { price: { [currency]: planPrice } });
  const serviceId = await makeActiveService(world, customer, planId);
  await makeRenewalPaid(world, customer, serviceId, planPrice);

  const paidFromBalance = (await makeInvoice(world, customer, 1200n)).id;
  await giveBalance(world, customer, 1200n);
  await expectOk(
    payFromBalance(customer.actor, balancePlan(world, [paidFromBalance], 1200n), world),
    "the balance pays",
  );

  const paidByCard = (await makeInvoice(world, customer, 5000n)).id;
  const card = await startCard(world, customer, [paidByCard], 5000n);
  await succeed(world, customer, card, { feeMinor: 175n, currency, settledMinor: 5000n });

  await giveBalance(world, customer, 800n);
  const paidCombined = (await makeInvoice(world, customer, 3000n)).id;
  const combined = await startCombined(world, customer, [paidCombined], 800n, 2200n);
  const other = currency === "EUR" ? "USD" : "EUR";
  await succeed(world, customer, combined, { feeMinor: 90n, currency: other, settledMinor: 2000n });

  const paidByBank = (await makeInvoice(world, customer, 2500n)).id;
  await bankPays(world, customer, paidByBank, 2600n);

  const late = (await makeInvoice(world, customer, 4000n)).id;
  const latePayment = await startCard(world, customer, [late], 4000n);
  await expire(world, customer, latePayment);
  await succeed(world, customer, latePayment, null);

  const voided = (await makeOrder(world, customer, planId)).invoice.id;
  await expectOk(cancelInvoice(customer.actor, { invoiceId: voided }, world), "an order is cancelled");

  const renewal = (await makeRenewal(world, customer, serviceId)).id;
  const toppedUp = await startTopUp(world, customer, 2000n, null);
  await succeed(world, customer, toppedUp, { feeMinor: 88n, currency, settledMinor: 2000n });
  const openTopUp = await startTopUp(world, customer, 3000n, renewal);
  await giveBalance(world, customer, 700n);
  const held = [
    (await makeInvoice(world, customer, 2000n)).id,
    (await makeInvoice(world, customer, 1000n)).id,
  ] as const;
  const heldPayment = await startCombined(world, customer, held, 700n, 2300n);
  const moneyBack = await makeMoneyBack(world, customer, async (minor) => {
    const paymentId = await startTopUp(world, customer, minor, null);
    await succeed(world, customer, paymentId, { feeMinor: 60n, currency, settledMinor: minor });
    return paymentId;
  });
  return {
    ...customer,
    serviceId,
    paidFromBalance,
    paidByCard,
    paidCombined,
    held,
    heldPayment,
    paidByBank,
    late,
    latePayment,
    renewal,
    openTopUp,
    voided,
    ...moneyBack,
  };
}

/** A transfer by bank as staff record it. */
async function bankPays(
  world: TestWorld,
  customer: TestCustomer,
  invoiceId: InvoiceId,
  minor: bigint,
): Promise<void> {
  const id = newId<BankReceiptId>(world.clock);
  const receipt = {
    id,
    amount: money(minor, customer.currency),
    valueDate: "2026-03-09" as CalendarDay,
    reference: `TRX ${id}`,
    sender: "",
    userId: customer.actor.userId,
  };
  const wish = { customerId: customer.customerId, receipt, invoiceIds: [invoiceId] };
  await expectOk(recordBankPayment(world, world.staff, wish), "the bank's money is recorded");
}

async function makeRenewalPaid(
  world: TestWorld,
  customer: TestCustomer,
  serviceId: ServiceId,
  priceMinor: bigint,
): Promise<void> {
  const renewal = await makeRenewal(world, customer, serviceId);
  await giveBalance(world, customer, priceMinor);
  await expectOk(
    payFromBalance(customer.actor, balancePlan(world, [renewal.id], priceMinor), world),
    "the balance pays the renewal",
  );
}

/** Starts a payment through Stripe alone; Stripe does not answer, so that its outcome is unknown. */
export async function startCard(
  world: TestWorld,
  customer: TestCustomer,
  invoiceIds: readonly InvoiceId[],
  cardMinor: bigint,
): Promise<PaymentId> {
  const input = plan(world, invoiceIds, { cardMinor });
  await expectOk(payDirect(customer.actor, input, world), "a payment by card begins");
  return input.paymentId as PaymentId;
}

/** Starts a payment from the balance and through Stripe; the balance's part is held. */
export async function startCombined(
  world: TestWorld,
  customer: TestCustomer,
  invoiceIds: readonly InvoiceId[],
  balanceMinor: bigint,
  cardMinor: bigint,
): Promise<PaymentId> {
  const input = { ...plan(world, invoiceIds, { balanceMinor, cardMinor }), useBalance: `${balanceMinor}` };
  await expectOk(payCombined(customer.actor, input, world), "a combined payment begins");
  return input.paymentId as PaymentId;
}

/** Starts a top-up, from an invoice or from none. */
export async function startTopUp(
  world: TestWorld,
  customer: TestCustomer,
  minor: bigint,
  invoiceId: InvoiceId | null,
): Promise<PaymentId> {
  const paymentId = newId<PaymentId>(world.clock);
  const amount = toDecimal(money(minor, customer.currency));
  const wish = { paymentId, currency: customer.currency, amount, invoiceId };
  await expectOk(topUp(customer.actor, wish, world), "a top-up begins");
  return paymentId;
}

/** Stripe says that the page was paid; without a fee where it has not said it yet. */
export async function succeed(
  world: TestWorld,
  customer: TestCustomer,
  paymentId: PaymentId,
  fee: Omit<Fee, "balanceTransactionId"> | null,
): Promise<void> {
  await report(world, customer, paymentId, (checkout) => ({
    ...checkout,
    status: "complete",
    paymentStatus: "paid",
    intent: { id: `pi_${paymentId}`, status: "succeeded" },
    charge: {
      id: `ch_${paymentId}`,
      amountMinor: checkout.amountMinor,
      currency: checkout.currency,
      fee: fee && { ...fee, balanceTransactionId: `txn_${paymentId}` },
    } satisfies Charge,
  }));
}

/** Stripe says that the page has expired. */
export async function expire(world: TestWorld, customer: TestCustomer, paymentId: PaymentId): Promise<void> {
  await report(world, customer, paymentId, (checkout) => ({ ...checkout, status: "expired" }));
}

async function report(
  world: TestWorld,
  { customerId }: TestCustomer,
  paymentId: PaymentId,
  said: (checkout: Checkout) => Checkout,
): Promise<void> {
  const payment = await readPayment(world, { customerId, paymentId });
  if (!payment) throw new Error("the payment was started");
  const checkout = said({
    kind: "checkout",
    id: `cs_${paymentId}`,
    status: "open",
    paymentStatus: "unpaid",
    isPaid: false,
    isOver: false,
    url: null,
    amountMinor: payment.cardMinor,
    currency: payment.currency,
    stripeCustomerId: stripeCustomerOf({ customerId }),
    isLive: false,
    paymentId,
    expiresAt: payment.expiresAt ?? world.clock.now(),
    intent: null,
    intentId: null,
    charge: null,
    savedCard: null,
  });
  const settled = await settle(world, { customerId, paymentId }, { reached: { kind: "checkout", checkout } });
  if (settled.kind !== "settled") throw new Error(`the payment is settled: ${settled.kind}`);
}

function stripeCustomerOf({ customerId }: Pick<TestCustomer, "customerId">): string {
  return `cus_${customerId}`;
}

async function expectOk(answer: Promise<{ ok: boolean; refusal?: unknown }>, what: string): Promise<void> {
  const given = await answer;
  if (!given.ok) throw new Error(`${what}: ${JSON.stringify(given.refusal)}`);
}
