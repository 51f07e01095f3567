import { holdSuspension } from "@/lib/admin/hold-suspension";
import { issueDraft, saveDraft } from "@/lib/admin/invoice-drafts";
import { recordBankPayment } from "@/lib/admin/record-bank-payment";
import { voidInvoice } from "@/lib/admin/void-invoice";
import { issueInvoices } from "@/lib/billing/invoice/issue-invoices";
import { settle } from "@/lib/billing/payment/settle";
import { applyNextPlans } from "@/lib/billing/renewal/apply-next-plans";
import { endCancelled } from "@/lib/billing/renewal/end-cancelled";
import { runRenewals } from "@/lib/billing/renewal/run-renewals";
import { announceStops } from "@/lib/billing/suspension/announce-stops";
import { stopServices } from "@/lib/billing/suspension/stop-services";
import { voidUnpaidOrders } from "@/lib/billing/suspension/void-unpaid-orders";
import type { SubjectTopic } from "@/lib/billing/topics";
import { addCalendarDays, addDays, calendarDay } from "@/lib/kernel/calendar";
import { type InvoiceDraftId, type InvoiceId, newId, type PlanId, type ServiceId } from "@/lib/kernel/id";
import { money } from "@/lib/kernel/money";
import { cancelInvoice } from "@/lib/portal/cancel-invoice";
import { cancelService, keepService } from "@/lib/portal/cancel-service";
import { changePlan, type PlanChangeWay, showPlanChange } from "@/lib/portal/change-plan";
import { takeOwnGrace } from "@/lib/portal/own-grace";
import { abandonPayment, payFromBalance } from "@/lib/portal/pay";
import { renewNow, showRenewNow } from "@/lib/portal/renew-now";
import { switchAutoRenew } from "@/lib/portal/switch-auto-renew";
import {
  balancePlan,
  giveBalance,
  makeActiveService,
  makeCustomer,
  makeInvoice,
  makeOrder,
  makePlan,
  makeRenewal,
  type TestCustomer,
} from "./fixtures";
import { ledToStripe, startDirect } from "./payment-facts";
import { makeStaff } from "./staff";
import { pass, type StripeWorld } from "./stripe-world";
import { tellAll } from "./told";

/** An act of the portal about to happen, and whom it is about. Refused, it throws. */
export interface StagedAct {
  customer: TestCustomer;
  act(): Promise<unknown>;
}

type Staging = (world: StripeWorld) => Promise<StagedAct>;

const day = 86_400_000;

/**
 * Of every kind of event of a service or an invoice, the acts that make it happen: the use cases themselves, up to the
 * moment before. A new kind has to name its act here.
 */
export const eventActs: Record<SubjectTopic, Record<string, Staging>> = {
  "invoice.issued": {
    "a draft is issued": draftReady,
    "a service is ordered": async (world) => {
      const customer = await makeCustomer(world);
      const planId = await makePlan(world);
      return { customer, act: () => makeOrder(world, customer, planId) };
    },
    "the renewal run finds a term": (world) => dueRenewal(world, 0n),
    "a renewal is issued by itself": async (world) => {
      const { customer, serviceId } = await running(world);
      return { customer, act: () => makeRenewal(world, customer, serviceId) };
    },
    "terms are renewed now, at Stripe's page": async (world) => {
      const { customer, act } = await renewingNow(world);
      return { customer, act };
    },
    "a plan is changed whose renewal is open": async (world) => {
      const one = await running(world);
      await makeRenewal(world, one.customer, one.serviceId);
      await giveBalance(world, one.customer, 5_000n);
      return planChange(world, one, 2_000n, "at_once");
    },
  },
  "invoice.paid": {
    "its customer pays it from the balance": async (world) => {
      const customer = await makeCustomer(world);
      const { id } = await makeInvoice(world, customer, 700n);
      await giveBalance(world, customer, 700n);
      return { customer, act: () => paid(world, customer, id, 700n) };
    },
    "a payment through Stripe is settled": async (world) => {
      const customer = await makeCustomer(world);
      const { id } = await makeInvoice(world, customer, 700n);
      const { sessionId, ...ref } = await startDirect(world, customer, [id], { cardMinor: 700n });
      await world.control.dropWebhooks();
      await world.control.pay(sessionId);
      return { customer, act: () => settle(world, ref) };
    },
    "money comes by bank": async (world) => {
      const customer = await makeCustomer(world);
      const { id } = await makeInvoice(world, customer, 700n);
      const staff = await makeStaff(world, "finance");
      const input = {
        ...{ customerId: customer.customerId, receiptId: newId(world.clock) as never, currency: "USD" },
        ...{ amount: "7", valueDate: "2026-03-01", reference: "TRX", sender: "", invoiceIds: [id] },
      };
      return { customer, act: async () => agreed(await recordBankPayment(staff, input as never, world)) };
    },
    "goodwill arrives for a renewal that waits": async (world) => {
      const { customer, serviceId } = await running(world);
      await makeRenewal(world, customer, serviceId);
      return { customer, act: () => giveBalance(world, customer, 1_000n) };
    },
    "it is issued over nothing": async (world) => {
      const customer = await makeCustomer(world);
      return { customer, act: () => issuedFree(world, customer) };
    },
  },
  "invoice.voided": {
    "its customer cancels it": async (world) => {
      const customer = await makeCustomer(world);
      const { invoice } = await makeOrder(world, customer, await makePlan(world));
      const cancel = () => cancelInvoice(customer.actor, { invoiceId: invoice.id }, world);
      return { customer, act: async () => agreed(await cancel()) };
    },
    "staff void it": async (world) => {
      const customer = await makeCustomer(world);
      const staff = await makeStaff(world, "finance");
      const { id } = await makeInvoice(world, customer, 700n);
      const input = { customerId: customer.customerId, invoiceId: id, reason: "by mistake" };
      return { customer, act: async () => agreed(await voidInvoice(staff, input, world)) };
    },
    "its order was not paid": unpaidOrder,
    "its service is cancelled": async (world) => {
      const one = await running(world);
      await makeRenewal(world, one.customer, one.serviceId);
      return cancelling(world, one);
    },
    "its service is terminated": (world) => termination(world),
    "it was issued for a payment that came to nothing": async (world) => {
      const { customer, act } = await renewingNow(world);
      const { paymentId } = await ledToStripe(world, customer, await act());
      return {
        customer,
        act: async () => agreed(await abandonPayment(customer.actor, { paymentId }, world)),
      };
    },
  },
  "invoice.credited": {
    "a plan is changed for a cheaper one": async (world) =>
      planChange(world, await running(world), 100n, "at_once"),
  },
  "service.activated": {
    "its order is paid": async (world) => {
      const customer = await makeCustomer(world);
      const { invoice } = await makeOrder(world, customer, await makePlan(world));
      await giveBalance(world, customer, 1_000n);
      return { customer, act: () => paid(world, customer, invoice.id, 1_000n) };
    },
  },
  "service.renewed": {
    "the renewal run pays its term from the balance": (world) => dueRenewal(world, 1_000n),
    "its renewal is paid": renewalToPay,
    "auto-renew is switched on": async (world) => {
      const { customer, serviceId } = await running(world, false);
      await makeRenewal(world, customer, serviceId);
      await giveBalance(world, customer, 1_000n);
      const wish = { serviceId, isAutoRenew: true };
      return { customer, act: async () => agreed(await switchAutoRenew(customer.actor, wish, world)) };
    },
  },
  "service.suspended": {
    "it is past grace": (world) => suspension(world),
    "its renewal was declined": async (world) => {
      const { customer, serviceId } = await running(world);
      const { id } = await makeRenewal(world, customer, serviceId);
      agreed(await cancelInvoice(customer.actor, { invoiceId: id }, world));
      await pass(world, 40 * day);
      return stopping(world, customer);
    },
  },
  "service.resumed": {
    "its renewal is paid": async (world) => {
      const { customer, act, invoiceId } = await suspension(world);
      await act();
      await world.owner`update services set is_auto_renew = false where customer_id = ${customer.customerId}`;
      await giveBalance(world, customer, 1_000n);
      return { customer, act: () => paid(world, customer, invoiceId, 1_000n) };
    },
  },
  "service.terminated": { "it was suspended for long enough": (world) => termination(world) },
  "service.canceled": {
    "its term is over": async (world) => {
      const { customer, act } = await cancelling(world, await running(world));
      await act();
      await pass(world, 40 * day);
      return { customer, act: () => endCancelled(world) };
    },
    "its order was not paid": unpaidOrder,
  },
  "service.cancel_requested": {
    "its customer cancels it": async (world) => cancelling(world, await running(world)),
  },
  "service.kept": {
    "its customer takes that back": async (world) => {
      const one = await running(world);
      await (await cancelling(world, one)).act();
      const { customer, serviceId } = one;
      return { customer, act: async () => agreed(await keepService(customer.actor, { serviceId }, world)) };
    },
  },
  "service.plan_changed": {
    "at once": async (world) => planChange(world, await running(world), 100n, "at_once"),
    "when the term begins for which it was chosen": async (world) => {
      const one = await running(world);
      await (await planChange(world, one, 2_000n, "next_term")).act();
      await makeRenewal(world, one.customer, one.serviceId);
      await giveBalance(world, one.customer, 2_000n);
      await pass(world, 40 * day);
      return { customer: one.customer, act: () => applyNextPlans(world) };
    },
  },
  "service.auto_renew_switched": {
    "its customer switches it on": async (world) => switching(world, await running(world, false), true),
    "its customer switches it off": async (world) => switching(world, await running(world), false),
  },
  "service.suspension_put_off": {
    "staff hold it off": async (world) => holding(world, await running(world), 10),
    "staff end that": async (world) => {
      const one = await running(world);
      await (await holding(world, one, 10)).act();
      return holding(world, one, null);
    },
    "its customer takes some days": async (world) => {
      const { customer, serviceId } = await running(world);
      await makeRenewal(world, customer, serviceId);
      return { customer, act: async () => agreed(await takeOwnGrace(customer.actor, { serviceId }, world)) };
    },
  },
};

interface Running {
  customer: TestCustomer;
  serviceId: ServiceId;
}

/** A service of 10.00 for 31 days, whose first term has just begun. */
async function running(world: StripeWorld, isAutoRenew = true): Promise<Running> {
  const customer = await makeCustomer(world);
  const serviceId = await makeActiveService(world, customer, await planOf(world, 1_000n), isAutoRenew);
  return { customer, serviceId };
}

async function planOf(world: StripeWorld, priceMinor: bigint): Promise<PlanId> {
  const planId = await makePlan(world, { price: { USD: priceMinor }, unit: "day", count: 31 });
  await world.owner`update plans set lead_days = 7 where id = ${planId}`;
  return planId;
}

function agreed<T extends { ok: boolean }>(answer: T): T {
  if (!answer.ok) throw new Error(`it is agreed to: ${JSON.stringify(answer)}`);
  return answer;
}

async function paid(world: StripeWorld, customer: TestCustomer, id: InvoiceId, minor: bigint) {
  return agreed(await payFromBalance(customer.actor, balancePlan(world, [id], minor), world));
}

async function draftReady(world: StripeWorld): Promise<StagedAct> {
  const customer = await makeCustomer(world);
  const staff = await makeStaff(world, "finance");
  const { customerId } = customer;
  const seen = { customerId, draftId: newId<InvoiceDraftId>(world.clock), version: 0 };
  const line = { kind: "item", description: "Hours", quantity: "1", unit: "7.00", taxRate: "0" } as const;
  const content = { currency: "USD", dueDays: "14", note: "", lines: [line] };
  const saved = await saveDraft(staff, { ...seen, ...content }, world);
  if (!saved.ok) throw new Error(saved.refusal.code);
  const { version } = saved.value;
  return { customer, act: async () => agreed(await issueDraft(staff, { ...seen, version }, world)) };
}

function issuedFree(world: StripeWorld, { customerId, currency }: TestCustomer) {
  const line = { kind: "other" as const, description: "A gift", quantity: 1, unit: money(0n, currency) };
  const dueAt = addDays(world.clock.now(), 7, world.timeZone);
  const draft = { origin: "manual" as const, currency, summary: "A gift", dueAt, lines: [line] };
  return issueInvoices(world, world.staff, customerId, async () => [draft]);
}

async function dueRenewal(world: StripeWorld, balanceMinor: bigint): Promise<StagedAct> {
  const { customer } = await running(world);
  if (balanceMinor > 0n) await giveBalance(world, customer, balanceMinor);
  await pass(world, 25 * day);
  return { customer, act: () => runRenewals(world) };
}

async function renewalToPay(world: StripeWorld): Promise<StagedAct & { invoiceId: InvoiceId }> {
  const { customer, serviceId } = await running(world, false);
  const { id } = await makeRenewal(world, customer, serviceId);
  await giveBalance(world, customer, 1_000n);
  return { customer, invoiceId: id, act: () => paid(world, customer, id, 1_000n) };
}

async function renewingNow(world: StripeWorld) {
  const { customer, serviceId } = await running(world);
  const shown = await showRenewNow(customer.actor, { serviceId, terms: 2 }, world);
  if (!shown.ok) throw new Error(shown.refusal.code);
  const plan = shown.value.direct;
  const input = { serviceId, terms: 2, how: "direct" as const, paymentId: newId(world.clock), plan };
  return { customer, act: async () => agreed(await renewNow(customer.actor, input, world)) };
}

async function planChange(
  world: StripeWorld,
  { customer, serviceId }: Running,
  priceMinor: bigint,
  way: PlanChangeWay,
): Promise<StagedAct> {
  const planId = await planOf(world, priceMinor);
  const page = await showPlanChange(customer.actor, { serviceId, planId, way }, world);
  if (!page?.preview?.ok) throw new Error("there is a preview");
  const wish = { serviceId, planId, way, agreedMinor: page.preview.value.due.minor };
  return { customer, act: async () => agreed(await changePlan(customer.actor, wish, world)) };
}

async function cancelling(world: StripeWorld, { customer, serviceId }: Running): Promise<StagedAct> {
  return { customer, act: async () => agreed(await cancelService(customer.actor, { serviceId }, world)) };
}

async function switching(
  world: StripeWorld,
  { customer, serviceId }: Running,
  isAutoRenew: boolean,
): Promise<StagedAct> {
  const wish = { serviceId, isAutoRenew };
  return { customer, act: async () => agreed(await switchAutoRenew(customer.actor, wish, world)) };
}

async function holding(
  world: StripeWorld,
  { customer, serviceId }: Running,
  days: number | null,
): Promise<StagedAct> {
  const staff = await makeStaff(world, "support");
  const today = calendarDay(world.clock.now(), world.timeZone);
  const until = days === null ? null : addCalendarDays(today, days);
  const wish = { customerId: customer.customerId, serviceId, until, reason: "They called" };
  return { customer, act: async () => agreed(await holdSuspension(staff, wish, world)) };
}

async function unpaidOrder(world: StripeWorld): Promise<StagedAct> {
  const customer = await makeCustomer(world);
  await makeOrder(world, customer, await makePlan(world));
  await pass(world, 30 * day);
  return { customer, act: () => voidUnpaidOrders(world) };
}

/** What stops a service has been announced. */
async function stopping(world: StripeWorld, customer: TestCustomer): Promise<StagedAct> {
  await announceStops(world);
  await tellAll(world);
  return { customer, act: () => stopServices(world) };
}

async function suspension(world: StripeWorld): Promise<StagedAct & { invoiceId: InvoiceId }> {
  const { customer, serviceId } = await running(world);
  const { id } = await makeRenewal(world, customer, serviceId);
  await pass(world, 34 * day);
  await announceStops(world);
  await tellAll(world);
  await pass(world, 3 * day);
  return { ...(await stopping(world, customer)), invoiceId: id };
}

async function termination(world: StripeWorld): Promise<StagedAct> {
  const { customer, act } = await suspension(world);
  await act();
  await pass(world, 13 * day);
  await announceStops(world);
  await tellAll(world);
  await pass(world, 2 * day);
  return { customer, act };
}
