import { getLocale, getTranslations } from "next-intl/server";
import type { Offer } from "@/components/payment/pay-answers";
import { unreachable } from "@/lib/kernel/assert";
import { type Currency, formatMoney, type Money, money } from "@/lib/kernel/money";
import type { PayRefusal, PlanShown } from "@/lib/portal/shapes";

type Words = (amount: Money) => string;

async function moneyWords(): Promise<Words> {
  const locale = await getLocale();
  return (amount) => formatMoney(amount, locale);
}

/** One sentence for each refusal, with the next step. */
export async function refusalSentence(refusal: PayRefusal): Promise<string> {
  const t = await getTranslations("refusal");
  const words = await moneyWords();
  switch (refusal.code) {
    case "not_allowed":
    case "invoice_not_found":
    case "nothing_chosen":
    case "currencies_differ":
    case "payment_in_progress":
    case "payment_id_used":
    case "payment_not_found":
    case "amount_malformed":
    case "service_not_found":
    case "service_not_renewable":
    case "renewal_being_paid":
    case "card_not_found":
    case "gateway_refused":
    case "gateway_unreachable":
    case "amount_not_charged":
      return t(refusal.code);
    case "charge_too_large":
      return t("charge_too_large", { most: words(refusal.most) });
    case "too_many_invoices":
      return t("too_many_invoices", { most: refusal.most });
    case "too_many_unfinished":
    case "payment_asked_often":
      return t(refusal.code, { minutes: Math.ceil(refusal.retryAfterSeconds / 60) });
    case "invoice_not_open": {
      const { number, state } = refusal;
      if (state === "paid" || state === "void") return t(`invoice_not_open_${state}`, { number });
      return t("invoice_not_open_other", { number });
    }
    case "line_not_completable":
      return t("line_not_completable", { number: refusal.number });
    case "balance_too_low":
      return t("balance_too_low", { shortBy: words(refusal.shortBy) });
    case "amount_too_large":
      return t("amount_too_large", { available: words(refusal.available) });
    case "card_removed":
    case "card_expired":
      return t(refusal.code, { last4: refusal.last4 });
    case "card_declined":
      return t("card_declined", { reason: (await getTranslations("declined"))(refusal.reason) });
    case "plan_changed":
      return t("plan_changed", { due: words(refusal.due) });
    case "payment_ended":
      return t(refusal.state === "succeeded" ? "payment_ended_succeeded" : "payment_ended_other");
    default:
      return unreachable(refusal);
  }
}

/** A plan in words. `asked` is what was to come from the balance before the gateway's smallest charge had its say. */
export async function offerOf(plan: PlanShown, currency: Currency, asked: Money | null): Promise<Offer> {
  const t = await getTranslations("pay");
  const words = await moneyWords();
  const fromBalance = money(BigInt(plan.balanceMinor), currency);
  const byCard = money(BigInt(plan.cardMinor), currency);
  const excess = money(BigInt(plan.excessMinor), currency);
  const amounts = { balance: words(fromBalance), card: words(byCard) };
  const how = byCard.minor === 0n ? "balance" : fromBalance.minor === 0n ? "card" : "combined";
  // The card's name is put in where it is chosen.
  const savedButton = how === "balance" ? null : t(savedButtons[how], { ...amounts, name: "{name}" });
  const notes: string[] = [];
  if (asked && how !== "balance" && asked.minor > fromBalance.minor) {
    notes.push(t("lessBalanceNote", { used: amounts.balance, asked: words(asked) }));
  }
  if (excess.minor > 0n) notes.push(t("excessNote", { excess: words(excess) }));
  return { plan, how, button: t(buttons[how], amounts), savedButton, notes };
}

const buttons = { balance: "buttonBalance", card: "buttonCard", combined: "buttonCombined" } as const;
const savedButtons = { card: "buttonSaved", combined: "buttonCombinedSaved" } as const;
