import { getLocale, getTranslations } from "next-intl/server";
import type { Told } from "@/components/payment/pay-tell";
import { unreachable } from "@/lib/kernel/assert";
import { formatMoney, isPositive } from "@/lib/kernel/money";
import { ok, type Result, refuse } from "@/lib/kernel/result";
import type { Cancelled, CancelRefusal } from "@/lib/portal/cancel-invoice";

/** What was done, in words: the page that it was done on looks otherwise then. */
export async function tellCancelled(
  result: Result<Cancelled, CancelRefusal>,
): Promise<Result<{ done: string }, Told>> {
  if (result.ok) return ok({ done: await cancelledSentence(result.value) });
  return refuse({ code: result.refusal.code, sentence: await cancelRefusalSentence(result.refusal) });
}

async function cancelledSentence({ number, also, returned, isRenewal }: Cancelled): Promise<string> {
  const t = await getTranslations("cancel");
  const amount = formatMoney(returned, await getLocale());
  return [
    t("done", { number }),
    also.length > 0 && t("doneAlso", { numbers: also.join(", ") }),
    isPositive(returned) && t("doneReturned", { amount }),
    isRenewal && t("doneRenewal"),
  ]
    .filter((sentence) => sentence !== false)
    .join(" ");
}

/** One sentence for each refusal, with the next step. */
export async function cancelRefusalSentence(refusal: CancelRefusal): Promise<string> {
  const t = await getTranslations("cancelRefusal");
  switch (refusal.code) {
    case "not_allowed":
    case "invoice_not_found":
    case "paid_meanwhile":
    case "payment_in_progress":
      return t(refusal.code);
    case "cancel_is_for_staff":
    case "later_term_paid":
      return t(refusal.code, { number: refusal.number });
    case "invoice_not_open": {
      const { number, state } = refusal;
      if (state === "paid" || state === "void") return t(`invoice_not_open_${state}`, { number });
      return t("invoice_not_open_other", { number });
    }
    default:
      return unreachable(refusal);
  }
}
