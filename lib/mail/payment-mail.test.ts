import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatMoney, money } from "@/lib/kernel/money";
import { moneyBecameBalanceMail, type PaymentNews, receiptMail } from "./payment-mail";

const usd = (minor: bigint) => money(minor, "USD");
const about = {
  locale: "en",
  recipient: { name: "Ada", email: "ada@example.com" },
  host: { name: "Ducky Cloud", url: "https://billing.ducky.example" },
  timeZone: "UTC",
};

const news: PaymentNews = {
  total: usd(5_000n),
  fromBalance: usd(0n),
  byBank: usd(0n),
  toBalance: usd(5_000n),
  toDebt: usd(0n),
  settled: [],
  available: usd(0n),
  stillShort: null,
  numbers: [],
  open: [],
  services: [],
};

async function topUpText(changed: Partial<PaymentNews>): Promise<string> {
  return (await receiptMail(about, { ...news, ...changed })).text;
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

describe("the receipt of a payment by card and from the balance", () => {
  const combined: Partial<PaymentNews> = {
    total: usd(8_687n),
    fromBalance: usd(1_250n),
    toBalance: usd(0n),
    numbers: ["INV-1"],
  };

  it("never says that we received what was on the balance", async () => {
    const mail = await receiptMail(about, { ...news, ...combined });
    expect(mail.subject).toBe("Paid: $86.87 for INV-1");
    expect(mail.text).toContain("You paid $86.87 for INV-1: $74.37 by card and $12.50 from your balance.");
    expect(mail.text).not.toMatch(/received/i);
  });

  it("says so of a bank transfer, and of what is still open", async () => {
    const open = [{ number: "INV-1", remaining: usd(100n) }];
    const mail = await receiptMail(about, { ...news, ...combined, byBank: usd(7_437n), open });
    expect(mail.text).toContain("$74.37 by bank transfer and $12.50 from your balance");
    expect(mail.text).toContain("$1.00 is still to be paid on INV-1.");
  });

  it("adds up, whatever the parts", () =>
    fc.assert(
      fc.asyncProperty(fc.bigInt(1n, 10n ** 7n), fc.bigInt(1n, 10n ** 7n), async (came, fromBalance) => {
        const total = usd(came + fromBalance);
        const mail = await receiptMail(about, { ...news, ...combined, total, fromBalance: usd(fromBalance) });
        expect(mail.text).toContain(
          `: ${formatMoney(usd(came), "en")} by card and ${formatMoney(usd(fromBalance), "en")} from your balance.`,
        );
      }),
    ));
});

it("money that came too late for its invoice says what of it paid debt", async () => {
  const { text } = await moneyBecameBalanceMail(about, { amount: usd(1_500n), toDebt: usd(1_200n) });
  expect(text).toContain("$12.00 of it paid at once what you owed");
});
