import { getTranslations } from "next-intl/server";
import type { Leaving, PartOffer } from "@/components/payment/pay-answers";
import { offerOf, refusalSentence } from "@/components/payment/pay-words";
import { isCurrency, type Money, type MoneyRefusal, money, parseMoney } from "@/lib/kernel/money";
import { ok, type Result, refuse } from "@/lib/kernel/result";
import type { PayOutcome, PayRefusal, PlanShown } from "@/lib/portal/shapes";

/** A refusal with the sentence for it. */
export interface Told {
  code: string;
  sentence: string;
}

async function tellRefusal(refusal: PayRefusal): Promise<Result<never, Told>> {
  return refuse({ code: refusal.code, sentence: await refusalSentence(refusal) });
}

/** Where to go now; the page after payment shows what became of it. */
export async function tellOutcome(result: Result<PayOutcome, PayRefusal>): Promise<Result<Leaving, Told>> {
  if (!result.ok) return tellRefusal(result.refusal);
  const outcome = result.value;
  if (outcome.kind === "redirect") return ok({ goTo: outcome.url });
  const paymentId = outcome.kind === "paid" ? outcome.receipt.paymentId : outcome.paymentId;
  return ok({ goTo: `/return/${paymentId}` });
}

/** Abandoned, and the page is read anew; or it turned out to be paid, and that is the answer. */
export async function tellAbandoned(
  result: Result<{ kind: "abandoned" } | PayOutcome, PayRefusal>,
): Promise<Result<Leaving | null, Told>> {
  if (result.ok && result.value.kind === "abandoned") return ok(null);
  return tellOutcome(result as Result<PayOutcome, PayRefusal>);
}

type Preview = (useBalance: string) => Promise<Result<{ plan: PlanShown; due: Money }, PayRefusal>>;

/** The plan for a part of the balance as a person typed it. */
export async function tellPart(
  { part, currency }: { part: string; currency: string },
  preview: Preview,
): Promise<Result<PartOffer, Told>> {
  if (!isCurrency(currency)) return tellAmount({ code: "amount_malformed" });
  const asked = parseMoney(part, currency);
  if (!asked.ok) return tellAmount(asked.refusal);
  const askedMinor = asked.value.minor.toString();
  const planned = await preview(asked.value.minor === 0n ? "none" : askedMinor);
  if (!planned.ok) return tellRefusal(planned.refusal);
  const { plan, due } = planned.value;
  const offer = await offerOf(plan, due.currency, money(asked.value.minor, due.currency));
  return ok({ ...offer, askedMinor });
}

async function tellAmount(refusal: MoneyRefusal): Promise<Result<never, Told>> {
  const t = await getTranslations("amountRefusal");
  const decimals = refusal.code === "amount_too_precise" ? refusal.decimals : 0;
  return refuse({ code: refusal.code, sentence: t(refusal.code, { decimals }) });
}
