import { getLocale, getTranslations } from "next-intl/server";
import type { Leaving } from "@/components/payment/pay-answers";
import type { Told } from "@/components/payment/pay-tell";
import { unreachable } from "@/lib/kernel/assert";
import { formatMoney } from "@/lib/kernel/money";
import { ok, type Result, refuse } from "@/lib/kernel/result";
import type { LinkOutcome, LinkRefusal } from "@/lib/portal/pay-by-link";

/** Where whoever pays by a link goes now, or why not. */
export async function tellLink(result: Result<LinkOutcome, LinkRefusal>): Promise<Result<Leaving, Told>> {
  if (!result.ok) {
    return refuse({ code: result.refusal.code, sentence: await linkSentence(result.refusal) });
  }
  const outcome = result.value;
  return ok({ goTo: outcome.kind === "redirect" ? outcome.url : `/return/${outcome.paymentId}` });
}

/** One sentence for each refusal, to somebody who may know nothing of the portal. */
export async function linkSentence(refusal: LinkRefusal): Promise<string> {
  const t = await getTranslations("payLinkRefusal");
  switch (refusal.code) {
    case "pay_link_not_valid":
    case "pay_link_expired":
    case "payment_in_progress":
    case "balance_not_for_link":
    case "gateway_refused":
    case "gateway_unreachable":
    case "amount_not_charged":
      return t(refusal.code);
    case "charge_too_large":
      return t("charge_too_large", { most: formatMoney(refusal.most, await getLocale()) });
    case "payment_asked_often":
      return t(refusal.code, { minutes: Math.ceil(refusal.retryAfterSeconds / 60) });
    case "invoice_not_open": {
      const { number, state } = refusal;
      if (state === "paid" || state === "void") return t(`invoice_not_open_${state}`, { number });
      return t("invoice_not_open_other", { number });
    }
    case "line_not_completable":
      return t("line_not_completable", { number: refusal.number });
    case "plan_changed":
      return t("plan_changed", { due: formatMoney(refusal.due, await getLocale()) });
    case "payment_ended":
      return t(refusal.state === "succeeded" ? "payment_ended_succeeded" : "payment_ended_other");
    // What no page of ours sends, but for one that lay open for long.
    case "invoice_not_found":
    case "nothing_chosen":
    case "too_many_invoices":
    case "currencies_differ":
    case "payment_id_used":
    case "payment_not_found":
    case "service_not_found":
    case "service_not_renewable":
    case "renewal_being_paid":
      return t("stale");
    default:
      return unreachable(refusal);
  }
}
