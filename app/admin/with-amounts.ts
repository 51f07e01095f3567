import { getLocale } from "next-intl/server";
import { formatMoney, type Money } from "@/lib/kernel/money";
import type { Result } from "@/lib/kernel/result";

/**
 * An answer as a form's state takes it: of what was done nothing but that it was, of a refusal its amounts as text, so that its
 * sentence can name them.
 */
export async function withAmounts<Refusal extends { code: string }>(
  answer: Result<unknown, Refusal>,
): Promise<Result<null, { code: Refusal["code"] }>> {
  if (answer.ok) return { ok: true, value: null };
  const locale = await getLocale();
  const spoken = Object.entries(answer.refusal).map(([name, value]) => [
    name,
    isMoney(value) ? formatMoney(value, locale) : value,
  ]);
  return { ok: false, refusal: Object.fromEntries(spoken) };
}

function isMoney(value: unknown): value is Money {
  return typeof value === "object" && value !== null && "minor" in value && "currency" in value;
}
