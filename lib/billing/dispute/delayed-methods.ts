/** Ways of paying whose disputes are decided by a bank or a network, as a card's are. */
const disputedAsCards = [
  "card",
  "card_present",
  "link",
  "paypal",
  "amazon_pay",
  "revolut_pay",
  "cashapp",
  "klarna",
  "afterpay_clearpay",
  "affirm",
  "alipay",
  "wechat_pay",
];

/**
 * Whether a dispute of such a charge is a debit that came back: then staff say what becomes of it, and nothing is booked as
 * lost before (domain.md, A7). A method that we do not know counts as one. Null: charged before methods were kept. Pure.
 */
export function isReturnedDebit(methodType: string | null): boolean {
  return methodType !== null && !disputedAsCards.includes(methodType);
}
