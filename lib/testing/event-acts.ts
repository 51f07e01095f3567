import { recordBankPayment } from "@/lib/admin/record-bank-payment";
import { voidInvoice } from "@/lib/admin/void-invoice";
import { settle } from "@/lib/billing/payment/settle";
import { applyNextPlans } from "@/lib/billing/renewal/apply-next-plans";
import { endCancelled } from "@/lib/billing/renewal/end-cancelled";
import type { SubjectTopic } from "@/lib/billing/topics";
import { newId } from "@/lib/kernel/id";
import { cancelInvoice } from "@/lib/portal/cancel-invoice";
import { keepService } from "@/lib/portal/cancel-service";
import { takeOwnGrace } from "@/lib/portal/own-grace";
import { abandonPayment } from "@/lib/portal/pay";
import { switchAutoRenew } from "@/lib/portal/switch-auto-renew";
import { giveBalance, makeCustomer, makeInvoice, makeOrder, makePlan, makeRenewal } from "./fixtures";
import { ledToStripe, startDirect } from "./payment-facts";
import { makeStaff } from "./staff";
import {
  agreed,
  cancelling,
  draftReady,
  dueRenewal,
  holding,
  issuedFree,
  paid,
  planChange,
  renewalToPay,
  renewingNow,
  running,
  type StagedAct,
  stopping,
  suspension,
  switching,
  termination,
  unpaidOrder,
} from "./staged-acts";
import { pass, type StripeWorld } from "./stripe-world";

const day = 86_400_000;

type Staging = (world: StripeWorld) => Promise<StagedAct>;

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
