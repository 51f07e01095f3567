import { getTranslations } from "next-intl/server";
import type { Leaving } from "@/components/payment/pay-answers";
import type { Told } from "@/components/payment/pay-tell";
import { unreachable } from "@/lib/kernel/assert";
import { ok, type Result, refuse } from "@/lib/kernel/result";
import type { AddCardRefusal } from "@/lib/portal/add-card";
import type { CardRefusal } from "@/lib/portal/shapes";

/** What was done, in words. */
export async function tellCard(
  done: "removed" | "madeDefault",
  result: Result<{ last4: string }, CardRefusal>,
): Promise<Result<{ done: string }, Told>> {
  if (!result.ok) return tellRefusal(result.refusal);
  const t = await getTranslations("cards");
  return ok({ done: t(done, result.value) });
}

/** Where the card is entered. */
export async function tellAddCard(
  result: Result<{ url: string }, AddCardRefusal>,
): Promise<Result<Leaving, Told>> {
  return result.ok ? ok({ goTo: result.value.url }) : tellRefusal(result.refusal);
}

async function tellRefusal(refusal: AddCardRefusal): Promise<Result<never, Told>> {
  return refuse({ code: refusal.code, sentence: await cardRefusalSentence(refusal) });
}

/** One sentence for each refusal, with the next step. */
export async function cardRefusalSentence(refusal: AddCardRefusal): Promise<string> {
  const t = await getTranslations("cardRefusal");
  switch (refusal.code) {
    case "not_allowed":
    case "card_not_found":
    case "gateway_refused":
    case "gateway_unreachable":
      return t(refusal.code);
    case "card_removed":
    case "card_expired":
      return t(refusal.code, { last4: refusal.last4 });
    case "too_many_card_pages":
      return t(refusal.code, { minutes: Math.ceil(refusal.retryAfterSeconds / 60) });
    default:
      return unreachable(refusal);
  }
}
