import { giveGoodwill } from "@/lib/billing/payment/give-goodwill";
import { issueRenewal } from "@/lib/billing/renewal/issue-renewal";
import { orderService } from "@/lib/billing/service/order-service";
import type { CustomerId, PlanId, ServiceId } from "@/lib/kernel/id";
import { type Currency, money } from "@/lib/kernel/money";
import { cancelInvoice } from "@/lib/portal/cancel-invoice";
import { abandonPayment, resumePayment } from "@/lib/portal/pay";
import { paymentOutcome } from "@/lib/portal/payment-outcome";
import type { CustomerActor } from "@/lib/portal/shapes";
import { makeInvoice } from "@/lib/testing/fixtures";
import type { Draft } from "@/lib/testing/simulator/cast";
import { send } from "@/lib/testing/simulator/operations/draft";
import type { TestWorld } from "@/lib/testing/world";

/** What the web process is asked to do, as it travels to it. Amounts are minor units. */
export type Act =
  | { what: "send"; draft: Draft }
  | { what: "resume" | "abandon" | "return page"; actor: CustomerActor; paymentId: string }
  | { what: "cancel"; actor: CustomerActor; invoiceId: string }
  | { what: "order"; customerId: CustomerId; planId: PlanId; currency: Currency; isAutoRenew: boolean }
  | { what: "renewal"; customerId: CustomerId; serviceId: ServiceId }
  | { what: "invoice" | "goodwill"; actor: CustomerActor; currency: Currency; amount: number };

/** Does it, with the use case that a page or the host would use. */
export async function doAct(world: TestWorld, act: Act): Promise<unknown> {
  switch (act.what) {
    case "send":
      return send(act.draft, world);
    case "resume":
      return resumePayment(act.actor, act, world);
    case "abandon":
      return abandonPayment(act.actor, act, world);
    case "return page":
      return paymentOutcome(act.actor, act.paymentId, world);
    case "cancel":
      return cancelInvoice(act.actor, act, world);
    case "order":
      return orderService(world, world.staff, { ...act, label: "web" });
    case "renewal":
      return issueRenewal(world, world.staff, act);
    case "invoice": {
      const { actor, currency } = act;
      const customer = { actor, customerId: actor.customerId, currency };
      return makeInvoice(world, customer, BigInt(act.amount));
    }
    case "goodwill": {
      const amount = money(BigInt(act.amount), act.currency);
      return giveGoodwill(world, world.staff, {
        customerId: act.actor.customerId,
        amount,
        reason: "simulated",
      });
    }
  }
}
