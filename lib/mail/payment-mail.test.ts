import { describe, expect, it } from "vitest";
import { money } from "@/lib/kernel/money";
import { moneyBecameBalanceMail, type PaymentNews, receiptMail } from "./payment-mail";

const usd = (minor: bigint) => money(minor, "USD");
const about = {
  locale: "en",
  recipient: { name: "Ada", email: "ada@example.com" },
  host: { name: "Ducky Cloud", url: "https://billing.ducky.example" },
  timeZone: "UTC",
};

async function topUpText(news: Partial<PaymentNews>): Promise<string> {
  const { text } = await receiptMail(about, {
    total: usd(5_000n),
    fromBalance: usd(0n),
    toBalance: usd(5_000n),
    toDebt: usd(0n),
    settled: [],
    available: usd(0n),
    stillShort: null,
    numbers: [],
    open: [],
    services: [],
    ...news,
  });
  return text;
}

describe("the receipt of a top-up", () => {
  const debt = "$12.00 of it paid what you owed since a card payment was taken back.";

  it("says what of it paid debt, and of the rest that it is on the balance", async () => {
    const text = await topUpText({ toDebt: usd(1_200n) });
    expect(text).toContain(`${debt} $38.00 of it is on your balance, ready to use.`);
  });

  it("says of the rest what it paid then", async () => {
    const text = await topUpText({
      toDebt: usd(1_200n),
      settled: [{ number: "INV-1" }],
      available: usd(800n),
    });
    expect(text).toContain(`${debt} $38.00 of it went to your balance, which then paid INV-1.`);
  });

  it("says nothing of a balance where debt took all of it, and nothing of debt where there was none", async () => {
    expect(await topUpText({ toBalance: usd(1_200n), toDebt: usd(1_200n) })).not.toContain("on your balance");
    expect(await topUpText({})).not.toContain("owed");
  });
});

it("money that came too late for its invoice says what of it paid debt", async () => {
  const { text } = await moneyBecameBalanceMail(about, { amount: usd(1_500n), toDebt: usd(1_200n) });
  expect(text).toContain("$12.00 of it paid at once what you owed");
});
