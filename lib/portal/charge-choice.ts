import type { ChargeWay } from "@/lib/billing/payment/charge-way";
import { isUuid, type PaymentMethodId } from "@/lib/kernel/id";
import { ok, type Result, refuse } from "@/lib/kernel/result";

/** How a browser says which card is to pay: one that is saved, or a new one at Stripe, to be kept or not. */
export interface ChargeChoice {
  cardId?: string | null | undefined;
  savesCard?: boolean | undefined;
  /** The network address that it came from; kept with what was agreed to. */
  address?: string | null | undefined;
}

export function wayOf({
  cardId,
  savesCard = false,
  address = null,
}: ChargeChoice): Result<ChargeWay, { code: "card_not_found" }> {
  if (!cardId) return ok({ by: "page", savesCard, address });
  return isUuid(cardId)
    ? ok({ by: "card", cardId: cardId as PaymentMethodId })
    : refuse({ code: "card_not_found" });
}
