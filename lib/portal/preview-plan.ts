import { planPayment } from "@/lib/billing/payment/plan";
import type { World } from "@/lib/billing/world";
import { type InvoiceId, isUuid } from "@/lib/kernel/id";
import { type Money, money } from "@/lib/kernel/money";
import { ok, type Result, refuse } from "@/lib/kernel/result";
import { invoicesMost, shownOf, wishOf } from "./pay";
import { readAs } from "./scoped";
import type { CustomerActor, PayRefusal, PlanShown } from "./shapes";
import { readDue } from "./show-invoice";
import { portalWorld } from "./world";

/** How a payment would be made up, before it is agreed to: the browser shows this and computes nothing itself. */
export async function previewPlan(
  actor: CustomerActor,
  input: { invoiceIds: readonly string[]; useBalance: "none" | "all" | string },
  world: World = portalWorld(),
): Promise<Result<{ plan: PlanShown; due: Money }, PayRefusal>> {
  const wish = wishOf(input.useBalance);
  if (wish === null) return refuse({ code: "amount_malformed" });
  if (input.invoiceIds.length === 0) return refuse({ code: "nothing_chosen" });
  if (input.invoiceIds.length > invoicesMost)
    return refuse({ code: "too_many_invoices", most: invoicesMost });
  if (!input.invoiceIds.every(isUuid)) return refuse({ code: "invoice_not_found" });
  const ids = input.invoiceIds as readonly InvoiceId[];
  const { due, availableMinor, currency, isOneCurrency } = await readAs(world, actor, (sql) =>
    readDue(sql, actor, ids),
  );
  if (due.length !== new Set(ids).size) return refuse({ code: "invoice_not_found" });
  if (!isOneCurrency) return refuse({ code: "currencies_differ" });
  const planned = planPayment(due, availableMinor, wish, world.gateway.chargeLimits(currency));
  const dueMinor = due.reduce((total, invoice) => total + invoice.remainingMinor, 0n);
  if (!planned.ok) {
    // Nothing is due: another tab has paid it. Else the most that this payment can take.
    const mostMinor = planned.refusal.code === "amount_too_large" ? planned.refusal.availableMinor : dueMinor;
    return refuse({ code: "amount_too_large", available: money(mostMinor, currency) });
  }
  return ok({ plan: shownOf(planned.plan), due: money(dueMinor, currency) });
}
