/** Why a card was declined, as far as its owner is told: of a stolen card no more than of any other. */
export type DeclineReason =
  | "insufficient_funds"
  | "card_expired"
  | "wrong_details"
  | "not_confirmed"
  | "try_later"
  | "other";

/** The reason behind Stripe's decline or error code (https://docs.stripe.com/declines/codes). */
export function declineReasonOf(code: string | null): DeclineReason {
  switch (code) {
    case "insufficient_funds":
    case "withdrawal_count_limit_exceeded":
      return "insufficient_funds";
    case "expired_card":
      return "card_expired";
    case "incorrect_cvc":
    case "incorrect_number":
    case "invalid_cvc":
    case "invalid_expiry_month":
    case "invalid_expiry_year":
      return "wrong_details";
    case "authentication_required":
    case "payment_intent_authentication_failure":
      return "not_confirmed";
    case "processing_error":
    case "issuer_not_available":
    case "try_again_later":
      return "try_later";
    default:
      return "other";
  }
}
