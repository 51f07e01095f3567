export type PageLanguage = "en" | "zh";

const en = {
  name: "Local Stripe",
  testMode: "Test mode",
  testNote: "No real money moves here.",
  back: "Back to shop",
  pay: (amount: string) => `Pay ${amount}`,
  saveCard: "Save card",
  saveTitle: "Save a card",
  saveIntro: "The card will be kept for later payments. Nothing is charged now.",
  total: "Total",
  quantity: (count: number) => `× ${count}`,
  methods: "Payment method",
  card: "Card",
  bankDebit: "Bank debit",
  alipay: "Alipay",
  cardNumber: "Card number",
  expiry: "Expiry",
  expiryHint: "MM / YY",
  cvc: "CVC",
  keepsCard: "The card will be kept for later payments.",
  testCards: "Test cards",
  testCardsHint: "Choose one to fill in the form.",
  debitIntro: (days: number) =>
    `A bank debit takes about ${days} days. Choose here how it will end; until then the payment is under way.`,
  debitSucceeds: "Debit that succeeds later",
  debitFails: "Debit that fails later",
  alipayIntro: "You will be sent to Alipay's test page.",
  linkIntro: "What you have saved with Link pays; nothing is kept here.",
  payWithLink: "Pay with Link",
  continueToAlipay: "Continue to Alipay",
  questionTitle: "3D Secure test page",
  questionIntro: (amount: string) => `Your bank asks whether you want to pay ${amount}.`,
  questionSetup: "Your bank asks whether you want to save this card.",
  approve: "Complete authentication",
  fail: "Fail authentication",
  walletTitle: "Alipay test page",
  walletIntro: (amount: string) => `Do you want to pay ${amount} with Alipay?`,
  authorize: "Authorize test payment",
  refuse: "Fail test payment",
  expiredTitle: "This payment page has expired",
  expiredIntro: "Nothing was charged. Go back to the shop and start again.",
  paidTitle: "This has been paid",
  savedTitle: "The card has been saved",
  paidIntro: "There is nothing left to do here.",
  underWayTitle: "The bank debit is under way",
  underWayIntro: "In real life it takes days. Here you may say how it ends, now.",
  endSucceeds: "Bank pays now",
  endFails: "Bank refuses now",
  toShop: "Return to shop",
  receiptTitle: "Receipt",
  unknownTitle: "There is nothing here",
  unknownIntro: "This address belongs to no payment.",
  badNumber: "Your card number is invalid.",
  notTestCard: "Your card was declined. Your request was in test mode, but used a non test card.",
  badExpiry: "Your card's expiration date is incomplete.",
  pastExpiry: "Your card's expiration year is in the past.",
  badCvc: "Your card's security code is incomplete.",
};

const zh: typeof en = {
  name: "本地 Stripe",
  testMode: "测试模式",
  testNote: "这里不会产生真实扣款。",
  back: "返回商家",
  pay: (amount) => `支付 ${amount}`,
  saveCard: "保存卡片",
  saveTitle: "保存一张卡",
  saveIntro: "该卡将用于以后的付款，现在不会扣款。",
  total: "合计",
  quantity: (count) => `× ${count}`,
  methods: "付款方式",
  card: "银行卡",
  bankDebit: "银行扣款",
  alipay: "支付宝",
  cardNumber: "卡号",
  expiry: "有效期",
  expiryHint: "月 / 年",
  cvc: "安全码",
  keepsCard: "该卡将用于以后的付款。",
  testCards: "测试卡",
  testCardsHint: "选择一张以填入表单。",
  debitIntro: (days) => `银行扣款大约需要 ${days} 天。请在此选择其结果；在那之前付款处于处理中。`,
  debitSucceeds: "稍后成功的扣款",
  debitFails: "稍后失败的扣款",
  alipayIntro: "您将前往支付宝测试页面。",
  linkIntro: "用您保存在 Link 中的付款方式支付，此处不作保存。",
  payWithLink: "使用 Link 支付",
  continueToAlipay: "前往支付宝",
  questionTitle: "3D 安全验证测试页",
  questionIntro: (amount) => `您的银行询问您是否要支付 ${amount}。`,
  questionSetup: "您的银行询问您是否要保存这张卡。",
  approve: "完成验证",
  fail: "验证失败",
  walletTitle: "支付宝测试页",
  walletIntro: (amount) => `您要用支付宝支付 ${amount} 吗？`,
  authorize: "授权测试付款",
  refuse: "拒绝测试付款",
  expiredTitle: "此付款页面已过期",
  expiredIntro: "没有扣款。请返回商家重新开始。",
  paidTitle: "已付款",
  savedTitle: "卡片已保存",
  paidIntro: "这里没有其他需要做的事。",
  underWayTitle: "银行扣款处理中",
  underWayIntro: "现实中需要数天。在这里您可以立即决定其结果。",
  endSucceeds: "银行现在付款",
  endFails: "银行现在拒绝",
  toShop: "返回商家",
  receiptTitle: "收据",
  unknownTitle: "这里没有内容",
  unknownIntro: "此地址不属于任何付款。",
  badNumber: "您的卡号无效。",
  notTestCard: "您的卡被拒绝。测试模式下使用了非测试卡。",
  badExpiry: "您的卡有效期不完整。",
  pastExpiry: "您的卡已过有效期。",
  badCvc: "您的卡安全码不完整。",
};

/** What Stripe tells the customer when a card is declined, in Chinese; English is Stripe's own sentence. */
const declinesZh: Record<string, string> = {
  generic_decline: "您的卡被拒绝。",
  lost_card: "您的卡被拒绝。",
  insufficient_funds: "您的卡余额不足。",
  expired_card: "您的卡已过期。",
  incorrect_cvc: "您的卡安全码不正确。",
  processing_error: "处理您的卡时出错，请稍后再试。",
  payment_intent_authentication_failure: "无法验证您的付款方式，请换一种付款方式再试。",
  setup_intent_authentication_failure: "无法验证您的付款方式，请换一种付款方式再试。",
  payment_intent_payment_attempt_failed: "付款未获授权，请换一种付款方式再试。",
};

export type Words = typeof en;

export function wordsOf(language: PageLanguage): Words {
  return language === "zh" ? zh : en;
}

/** The sentence for a decline in the page's language. */
export function declineSentence(
  language: PageLanguage,
  error: { code?: string; decline_code?: string; message?: string },
): string {
  const english = error.message ?? "";
  if (language === "en") return english;
  return declinesZh[error.decline_code ?? ""] ?? declinesZh[error.code ?? ""] ?? english;
}

/** The session's own language; `auto` asks the browser. */
export function languageOf(locale: string | null, acceptLanguage: string | undefined): PageLanguage {
  const wanted = locale === null || locale === "auto" ? (acceptLanguage ?? "") : locale;
  return wanted.toLowerCase().startsWith("zh") ? "zh" : "en";
}
