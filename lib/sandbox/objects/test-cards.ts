/** Why a card is declined, in Stripe's words. */
export interface Decline {
  code: string;
  declineCode: string;
  message: string;
  /** What to do about it, where the issuer says that. */
  advice?: "try_again_later" | "do_not_try_again" | "confirm_card_data";
  /** The card network's own words; none where Stripe itself declined. */
  network?: { declineCode: string; adviceCode?: string };
  /** Radar let no bank see it. */
  isBlocked?: true;
}

/** What the networks call it, in the two digits of ISO 8583, and whether to ask again. */
const networkCodes: Readonly<Record<string, Decline["network"]>> = {
  generic_decline: { declineCode: "05" },
  insufficient_funds: { declineCode: "51" },
  lost_card: { declineCode: "41", adviceCode: "03" },
  stolen_card: { declineCode: "43", adviceCode: "03" },
  expired_card: { declineCode: "54" },
  incorrect_cvc: { declineCode: "82" },
  card_velocity_exceeded: { declineCode: "65" },
};

const declined = (declineCode: string, message = "Your card was declined."): Decline => ({
  code: "card_declined",
  declineCode,
  message,
  advice:
    declineCode === "lost_card" || declineCode === "stolen_card" ? "do_not_try_again" : "try_again_later",
  network: networkCodes[declineCode] ?? { declineCode: "05" },
});

/** One of Stripe's test cards, and what it does. */
export interface TestCard {
  number: string;
  brand: "visa" | "mastercard" | "amex" | "unionpay";
  country: string;
  /** What it is for, in a few words; the hosted page shows it. */
  name: { en: string; zh: string };
  /** Refused when it is charged. */
  onCharge?: Decline;
  /** Refused already when it is attached or set up. */
  onAttach?: Decline;
  /** 3-D Secure: until it has been set up for use off session, or every time. */
  authentication?: "until_set_up" | "always";
  /** What follows a successful charge. */
  afterwards?: "dispute" | "inquiry" | "warning";
  /** What becomes of a refund later. */
  refund?: "fails" | "pending_then_succeeds";
  /** The `pm_card_…` tokens that stand for it. */
  tokens: readonly string[];
}

const generic = declined("generic_decline");
const insufficient = declined("insufficient_funds", "Your card has insufficient funds.");
const expired: Decline = {
  code: "expired_card",
  declineCode: "expired_card",
  message: "Your card has expired.",
  advice: "do_not_try_again",
  network: { declineCode: "54" },
};
const wrongCvc: Decline = {
  code: "incorrect_cvc",
  declineCode: "incorrect_cvc",
  message: "Your card's security code is incorrect.",
  advice: "confirm_card_data",
  network: { declineCode: "82" },
};
const processing: Decline = {
  code: "processing_error",
  declineCode: "processing_error",
  message: "An error occurred while processing your card. Try again in a little bit.",
  advice: "try_again_later",
};

/** Radar's own rule: the bank is not asked. */
const blocked: Decline = {
  code: "card_declined",
  declineCode: "fraudulent",
  message: "Your card was declined.",
  isBlocked: true,
};

const visa = (number: string, en: string, zh: string, rest: Partial<TestCard> = {}): TestCard => ({
  number,
  brand: "visa",
  country: "US",
  name: { en, zh },
  tokens: [],
  ...rest,
});

/** docs.stripe.com/testing; the order is that of the hosted page. */
export const testCards: readonly TestCard[] = [
  visa("4242424242424242", "Succeeds", "成功", { tokens: ["pm_card_visa", "pm_card_us"] }),
  visa("5555555555554444", "Succeeds (Mastercard)", "成功（万事达卡）", {
    brand: "mastercard",
    tokens: ["pm_card_mastercard"],
  }),
  visa("378282246310005", "Succeeds (American Express)", "成功（美国运通）", {
    brand: "amex",
    tokens: ["pm_card_amex"],
  }),
  visa("6200000000000005", "Succeeds (UnionPay)", "成功（银联）", {
    brand: "unionpay",
    country: "CN",
    tokens: ["pm_card_unionpay"],
  }),
  visa("4000000000000002", "Declined", "被拒绝", {
    onCharge: generic,
    onAttach: generic,
    tokens: ["pm_card_chargeDeclined", "pm_card_visa_chargeDeclined"],
  }),
  visa("4000000000009995", "Insufficient funds", "余额不足", {
    onCharge: insufficient,
    onAttach: insufficient,
    tokens: ["pm_card_chargeDeclinedInsufficientFunds", "pm_card_visa_chargeDeclinedInsufficientFunds"],
  }),
  visa("4000000000009987", "Lost card", "挂失卡", {
    onCharge: declined("lost_card"),
    onAttach: declined("lost_card"),
    tokens: ["pm_card_chargeDeclinedLostCard", "pm_card_visa_chargeDeclinedLostCard"],
  }),
  visa("4000000000009979", "Stolen card", "被盗卡", {
    onCharge: declined("stolen_card"),
    onAttach: declined("stolen_card"),
    tokens: ["pm_card_chargeDeclinedStolenCard", "pm_card_visa_chargeDeclinedStolenCard"],
  }),
  visa("4000000000006975", "Used too often", "超出使用频率", {
    onCharge: declined("card_velocity_exceeded"),
    onAttach: declined("card_velocity_exceeded"),
    tokens: ["pm_card_visa_chargeDeclinedVelocityLimitExceeded"],
  }),
  visa("4100000000000019", "Blocked by Radar", "被 Radar 拦截", {
    onCharge: blocked,
    tokens: ["pm_card_radarBlock"],
  }),
  visa("4000000000000069", "Expired card", "卡已过期", {
    onCharge: expired,
    onAttach: expired,
    tokens: ["pm_card_chargeDeclinedExpiredCard"],
  }),
  visa("4000000000000127", "Wrong CVC", "安全码错误", {
    onCharge: wrongCvc,
    onAttach: wrongCvc,
    tokens: ["pm_card_chargeDeclinedIncorrectCvc"],
  }),
  visa("4000000000000119", "Processing error", "处理出错", {
    onCharge: processing,
    onAttach: processing,
    tokens: ["pm_card_chargeDeclinedProcessingError"],
  }),
  visa("4000000000000341", "Can be saved, then fails", "可保存，扣款失败", {
    onCharge: generic,
    tokens: ["pm_card_chargeCustomerFail"],
  }),
  visa("4000002500003155", "3-D Secure unless set up", "未设置前需 3-D 验证", {
    authentication: "until_set_up",
    tokens: ["pm_card_authenticationRequiredOnSetup"],
  }),
  visa("4000002760003184", "3-D Secure always", "每次需 3-D 验证", {
    authentication: "always",
    tokens: ["pm_card_authenticationRequired"],
  }),
  visa("4000008260003178", "3-D Secure, then declined", "3-D 验证后余额不足", {
    authentication: "always",
    onCharge: insufficient,
    tokens: ["pm_card_authenticationRequiredChargeDeclinedInsufficientFunds"],
  }),
  visa("4000000000000259", "Disputed afterwards", "之后被争议", {
    afterwards: "dispute",
    tokens: ["pm_card_createDispute"],
  }),
  visa("4000000000001976", "Inquiry afterwards", "之后被查询", {
    afterwards: "inquiry",
    tokens: ["pm_card_createDisputeInquiry"],
  }),
  visa("4000000000005423", "Early fraud warning", "欺诈预警", {
    afterwards: "warning",
    tokens: ["pm_card_createIssuerFraudRecord"],
  }),
  visa("4000000000005126", "Refund fails later", "退款之后失败", {
    refund: "fails",
    tokens: ["pm_card_refundFail"],
  }),
  visa("4000000000007726", "Refund is pending first", "退款先待处理", {
    refund: "pending_then_succeeds",
    tokens: ["pm_card_pendingRefund"],
  }),
];

const byNumber = new Map(testCards.map((card) => [card.number, card]));
const byToken = new Map(testCards.flatMap((card) => card.tokens.map((token) => [token, card] as const)));

export function testCard(number: string): TestCard | undefined {
  return byNumber.get(number);
}

/** The card behind a token such as `pm_card_visa`. */
export function tokenCard(token: string): TestCard | undefined {
  return byToken.get(token);
}

/** The check digit that every card number ends in. */
export function isCardNumber(digits: string): boolean {
  if (!/^\d{13,19}$/.test(digits)) return false;
  let sum = 0;
  for (const [at, digit] of [...digits].reverse().entries()) {
    const value = Number(digit) * (at % 2 === 1 ? 2 : 1);
    sum += value > 9 ? value - 9 : value;
  }
  return sum % 10 === 0;
}
