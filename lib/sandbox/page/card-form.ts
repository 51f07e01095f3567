import { isCardNumber, testCard } from "@/lib/sandbox/objects/test-cards";
import type { Words } from "@/lib/sandbox/page/words";
import type { Choice } from "@/lib/sandbox/pay-session";

/** Reads the card form as Stripe's page does; a sentence when it cannot be a card. */
export function cardChoice(
  given: { number: string; expiry: string; cvc: string },
  words: Words,
  now: Date,
): { choice: Choice } | { alert: string } {
  const digits = given.number.replace(/[\s-]/g, "");
  if (!isCardNumber(digits)) return { alert: words.badNumber };
  const expiry = /^\s*(\d{1,2})\s*\/?\s*(?:20)?(\d{2})\s*$/.exec(given.expiry);
  const month = Number(expiry?.[1]);
  const year = 2000 + Number(expiry?.[2]);
  if (!expiry || month < 1 || month > 12) return { alert: words.badExpiry };
  // A card is good until the end of its month.
  if (Date.UTC(year, month) <= now.getTime()) return { alert: words.pastExpiry };
  if (!/^\d{3,4}$/.test(given.cvc.trim())) return { alert: words.badCvc };
  const card = testCard(digits);
  if (!card) return { alert: words.notTestCard };
  return { choice: { method: "card", card, expMonth: month, expYear: year } };
}
