import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import en from "@/app/messages/en.json";
import zh from "@/app/messages/zh.json";
import { consentTextVersion } from "@/lib/billing/auto-pay/charge-consent";

/** Every sentence that a customer reads where they agree to have a card kept or charged while they are away. */
function sentencesOf({ autoPay, autoTopUp, pay, cards }: typeof en): string[] {
  return [
    ...[autoPay.meaning, autoPay.turnOn, autoPay.turnOnLabel, autoPay.resume, autoPay.resumeLabel],
    ...[cards.makeDefault, cards.makeDefaultTitle, cards.autopayCharges, cards.topUpCharges],
    ...[autoTopUp.meaning, autoTopUp.paused, autoTopUp.threshold, autoTopUp.thresholdHint, autoTopUp.amount],
    ...[autoTopUp.amountHint, autoTopUp.monthlyCap, autoTopUp.monthlyCapHint, autoTopUp.turnOn],
    ...[autoTopUp.save, pay.saveCard, pay.cardNote, cards.add, cards.addNote],
  ];
}

const hashOf = (messages: typeof en) =>
  createHash("sha256").update(sentencesOf(messages).join("\n")).digest("hex").slice(0, 16);

/** What each version said. A changed sentence is a new line here and a new version; lines are never changed. */
const versions: Record<string, { en: string; zh: string }> = {
  "2026-11-30": { en: "4e1f17b72e542319", zh: "3f2417cd82c3f2b1" },
  "2026-11-30.2": { en: "d48026a07ab18052", zh: "d3e09bb7a7f522ca" },
};

describe("the version of what a customer agrees to", () => {
  it("is that of the sentences they read", () => {
    expect(versions[consentTextVersion]).toEqual({ en: hashOf(en), zh: hashOf(zh) });
  });

  it("has every sentence in it", () => {
    for (const messages of [en, zh]) {
      for (const text of sentencesOf(messages)) expect(text).toMatch(/\S/);
    }
  });
});
