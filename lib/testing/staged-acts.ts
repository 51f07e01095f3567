import { holdSuspension } from "@/lib/admin/hold-suspension";
import { issueDraft, saveDraft } from "@/lib/admin/invoice-drafts";
import { dueIn } from "@/lib/billing/invoice/days-from-due";
import { issueInvoices } from "@/lib/billing/invoice/issue-invoices";
import { runRenewals } from "@/lib/billing/renewal/run-renewals";
import { announceStops } from "@/lib/billing/suspension/announce-stops";
import { stopServices } from "@/lib/billing/suspension/stop-services";
import { voidUnpaidOrders } from "@/lib/billing/suspension/void-unpaid-orders";
import { addCalendarDays, calendarDay } from "@/lib/kernel/calendar";
import { type InvoiceDraftId, type InvoiceId, newId, type PlanId, type ServiceId } from "@/lib/kernel/id";
import { money } from "@/lib/kernel/money";
import { cancelService } from "@/lib/portal/cancel-service";
import { changePlan, type PlanChangeWay, showPlanChange } from "@/lib/portal/change-plan";
import { payFromBalance } from "@/lib/portal/pay";
import { renewNow, showRenewNow } from "@/lib/portal/renew-now";
import { switchAutoRenew } from "@/lib/portal/switch-auto-renew";
import {
  balancePlan,
  giveBalance,
  makeActiveService,
  makeCustomer,
  makeOrder,
  makePlan,
  makeRenewal,
  type TestCustomer,
} from "./fixtures";
import { makeStaff } from "./staff";
import { pass, type StripeWorld } from "./stripe-world";
import { tellAll } from "./told";

/** An act of the portal about to happen, and whom it is about. Refused, it throws. */
export interface StagedAct {
  customer: TestCustomer;
  act(): Promise<unknown>;
}

const day = 86_400_000;

interface Running {
  customer: TestCustomer;
  serviceId: ServiceId;
}

/** A service of 10.00 for 31 days, whose first term has just begun. */
export async function running(world: StripeWorld, isAutoRenew = true): Promise<Running> {
  const customer = await makeCustomer(world);
  const serviceId = await makeActiveService(world, customer, await planOf(world, 1_000n), isAutoRenew);
  return { customer, serviceId };
}

async function planOf(world: StripeWorld, priceMinor: bigint): Promise<PlanId> {
  const planId = await makePlan(world, { price: { USD: priceMinor }, unit: "day", count: 31 });
  await world.owner`update plans set lead_days = 7 where id = ${planId}`;
  return planId;
}

export function agreed<T extends { ok: boolean }>(answer: T): T {
  if (!answer.ok) throw new Error(`it is agreed to: ${JSON.stringify(answer)}`);
  return answer;
}

export async function paid(world: StripeWorld, customer: TestCustomer, id: InvoiceId, minor: bigint) {
  return agreed(await payFromBalance(customer.actor, balancePlan(world, [id], minor), world));
}

export async function draftReady(world: StripeWorld): Promise<StagedAct> {
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

export function issuedFree(world: StripeWorld, { customerId, currency }: TestCustomer) {
  const line = { kind: "other" as const, description: "A gift", quantity: 1, unit: money(0n, currency) };
  const dueOn = dueIn(7, world.clock.now(), world.timeZone);
  const draft = { origin: "manual" as const, currency, summary: "A gift", dueOn, lines: [line] };
  return issueInvoices(world, world.staff, customerId, async () => [draft]);
}

export async function dueRenewal(world: StripeWorld, balanceMinor: bigint): Promise<StagedAct> {
  const { customer } = await running(world);
  if (balanceMinor > 0n) await giveBalance(world, customer, balanceMinor);
  await pass(world, 25 * day);
  return { customer, act: () => runRenewals(world) };
}

export async function renewalToPay(world: StripeWorld): Promise<StagedAct & { invoiceId: InvoiceId }> {
  const { customer, serviceId } = await running(world, false);
  const { id } = await makeRenewal(world, customer, serviceId);
  await giveBalance(world, customer, 1_000n);
  return { customer, invoiceId: id, act: () => paid(world, customer, id, 1_000n) };
}

export async function renewingNow(world: StripeWorld) {
  const { customer, serviceId } = await running(world);
  const shown = await showRenewNow(customer.actor, { serviceId, terms: 2 }, world);
  if (!shown.ok) throw new Error(shown.refusal.code);
  const plan = shown.value.direct;
  const input = { serviceId, terms: 2, how: "direct" as const, paymentId: newId(world.clock), plan };
  return { customer, act: async () => agreed(await renewNow(customer.actor, input, world)) };
}

export async function planChange(
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

export async function cancelling(world: StripeWorld, { customer, serviceId }: Running): Promise<StagedAct> {
  return { customer, act: async () => agreed(await cancelService(customer.actor, { serviceId }, world)) };
}

export async function switching(
  world: StripeWorld,
  { customer, serviceId }: Running,
  isAutoRenew: boolean,
): Promise<StagedAct> {
  const wish = { serviceId, isAutoRenew };
  return { customer, act: async () => agreed(await switchAutoRenew(customer.actor, wish, world)) };
}

export async function holding(
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

export async function unpaidOrder(world: StripeWorld): Promise<StagedAct> {
  const customer = await makeCustomer(world);
  await makeOrder(world, customer, await makePlan(world));
  await pass(world, 30 * day);
  return { customer, act: () => voidUnpaidOrders(world) };
}

/** What stops a service has been announced. */
export async function stopping(world: StripeWorld, customer: TestCustomer): Promise<StagedAct> {
  await announceStops(world);
  await tellAll(world);
  return { customer, act: () => stopServices(world) };
}

export async function suspension(world: StripeWorld): Promise<StagedAct & { invoiceId: InvoiceId }> {
  const { customer, serviceId } = await running(world);
  const { id } = await makeRenewal(world, customer, serviceId);
  await pass(world, 34 * day);
  await announceStops(world);
  await tellAll(world);
  await pass(world, 3 * day);
  return { ...(await stopping(world, customer)), invoiceId: id };
}

export async function termination(world: StripeWorld): Promise<StagedAct> {
  const { customer, act } = await suspension(world);
  await act();
  await pass(world, 13 * day);
  await announceStops(world);
  await tellAll(world);
  await pass(world, 2 * day);
  return { customer, act };
}
