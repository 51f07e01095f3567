import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CalendarDay } from "@/lib/kernel/calendar";
import { formatMoney, money } from "@/lib/kernel/money";
import { morningMail } from "./morning-mail";
import type { InvoiceStop, MorningInvoice, MorningPart } from "./morning-part";

const on = (text: string) => text as CalendarDay;
const usd = (minor: bigint) => money(minor, "USD");
const about = {
  locale: "en",
  recipient: { name: "Ada", email: "ada@example.com", copies: ["books@example.com"] },
  host: { name: "Ducky Cloud", url: "https://billing.ducky.example" },
  timeZone: "UTC",
};
const invoice: MorningInvoice = {
  number: "INV-1",
  label: "web-1",
  amount: usd(2_000n),
  dueOn: on("2026-12-14"),
  daysFromDue: -3,
  isNew: false,
  charge: null,
  stop: null,
};
const part = (changed: Partial<MorningPart> = {}): MorningPart => {
  const total = changed.total ?? usd(2_000n);
  const { isFromBalance = false } = changed.payLink ?? {};
  return {
    invoices: [invoice],
    available: usd(0n),
    debt: usd(0n),
    short: null,
    ...changed,
    total,
    payLink: {
      amount: total,
      url: "https://p.example/own",
      copyUrl: "https://p.example/copy",
      isFromBalance,
    },
  };
};
const written = (...parts: MorningPart[]) => morningMail(about, { parts, declined: [], card: null });
const stop: InvoiceStop = {
  announces: null,
  isSuspended: false,
  suspendsOn: on("2026-12-19"),
  terminatesOn: on("2027-01-02"),
};

describe("the mail of the morning", () => {
  it.each([
    [{ isNew: true, daysFromDue: -7 }, "Invoice INV-1: $20.00, due on 14 December 2026"],
    [{ isNew: true, daysFromDue: -7, stop }, "Invoice INV-1: $20.00, due on 14 December 2026"],
    [{ daysFromDue: -3 }, "$20.00 is due on 14 December 2026"],
    [{ daysFromDue: -3, stop }, "$20.00 is due on 14 December 2026"],
    [{ daysFromDue: 0 }, "$20.00 is due today"],
    [{ daysFromDue: 2, stop }, "$20.00 is past due"],
    [
      { daysFromDue: 3, stop: { ...stop, announces: "suspension" } },
      "web-1 will be suspended on 19 December 2026 unless $20.00 is paid",
    ],
    [
      { daysFromDue: 16, stop: { ...stop, announces: "termination", isSuspended: true } },
      "web-1 will be deleted on 2 January 2027 unless $20.00 is paid",
    ],
  ] as const)("of %j is called %s", async (changed, subject) => {
    expect((await written(part({ invoices: [{ ...invoice, ...changed }] }))).subject).toBe(subject);
  });

  it.each([
    ["suspension", "web-1 will be suspended on 19 December 2026 unless $20.00 is paid"],
    ["termination", "web-1 will be deleted on 2 January 2027 unless $20.00 is paid"],
  ] as const)(
    "that announces a %s names the amount that averts it, not that of all invoices",
    async (announces, subject) => {
      const announced = { ...stop, announces, isSuspended: announces === "termination" };
      const later = { ...announced, suspendsOn: on("2026-12-20"), terminatesOn: on("2027-01-03") };
      const invoices = [
        { ...invoice, daysFromDue: 3, stop: announced },
        { ...invoice, number: "INV-2", label: "mail-2", amount: usd(700n), daysFromDue: 2, stop: later },
        { ...invoice, number: "INV-3", label: "dns-3", amount: usd(300n) },
      ];
      const mail = await written(part({ invoices, total: usd(3_000n) }));
      expect(mail.subject).toBe(subject);
      expect(mail.text).toContain("3 invoices are open, $30.00 in all.");
      expect(mail.text).toContain("Pay $30.00: https://p.example/own");
    },
  );

  it("calls past due what is, and not what is due later", async () => {
    const invoices = [
      { ...invoice, daysFromDue: 2 },
      { ...invoice, number: "INV-2", amount: usd(700n), daysFromDue: 1 },
      { ...invoice, number: "INV-3", amount: usd(300n), daysFromDue: 0 },
    ];
    const mail = await written(part({ invoices, total: usd(3_000n) }));
    expect(mail.subject).toBe("$27.00 is past due");
    expect(mail.text).toContain("2 invoices are past due, $27.00 in all.");
    const one = await written(part({ invoices: invoices.toSpliced(1, 1), total: usd(2_300n) }));
    expect(one.subject).toBe("$20.00 is past due");
    expect(one.text).toContain("INV-1 for web-1 was due on 14 December 2026 and is not paid.");
  });

  it("says due today, or on a day, of what is due then", async () => {
    const later = { ...invoice, number: "INV-2", amount: usd(700n), dueOn: on("2026-12-15") };
    const today = [
      { ...invoice, daysFromDue: 0 },
      { ...later, daysFromDue: -1 },
    ];
    expect((await written(part({ invoices: today, total: usd(2_700n) }))).subject).toBe(
      "$20.00 is due today",
    );
    const ahead = await written(part({ invoices: [invoice, later], total: usd(2_700n) }));
    expect(ahead.subject).toBe("$20.00 is due on 14 December 2026");
  });

  it("asks for what is short at once where no whole day is left", async () => {
    const short = { amount: usd(750n), what: "web-1", by: null };
    const { subject, text } = await written(part({ available: usd(1_250n), short }));
    expect(subject).toBe("Add $7.50 now to renew web-1");
    expect(text).toContain("Add $7.50 now and we renew automatically");
  });

  it.each(["suspension", "termination"] as const)(
    "tells a %s of a canceled renewal as coming, not as done",
    async (what) => {
      const declined = [{ label: "web-1", what, on: on("2026-12-19") }];
      const { text } = await morningMail(about, { parts: [], declined, card: null });
      expect(text).toMatch(
        /Will be (suspended|deleted permanently) on 19 December 2026: its renewal was canceled/,
      );
    },
  );

  it("of a card that is charged names the day of that, not of a suspension", async () => {
    const charge = { last4: "4242", on: on("2026-12-13") };
    const one = { ...invoice, isNew: true, daysFromDue: -7, stop, charge };
    const { subject, text } = await written(part({ invoices: [one], total: usd(0n) }));
    expect(subject).toBe("Invoice INV-1: $20.00, charged to your card on 13 December 2026");
    expect(text).toContain("We charge your card ending in 4242 on 13 December 2026.");
    expect(text).not.toContain("19 December");
  });

  it("of a past-due or suspended service says the amount that restores it and the day it is deleted (A4)", async () => {
    const pastDue = await written(part({ invoices: [{ ...invoice, daysFromDue: 2, stop }] }));
    expect(pastDue.text).toContain(
      "Will be suspended on 19 December 2026 if unpaid, deleted permanently on 2 January 2027.",
    );
    const suspended = { ...stop, isSuspended: true };
    const { text } = await written(part({ invoices: [{ ...invoice, daysFromDue: 9, stop: suspended }] }));
    expect(text).toContain("Suspended since 19 December 2026: pay $20.00 to restore it.");
    expect(text).toContain("Deleted permanently if unpaid by 2 January 2027.");
  });

  it("proposes the balance where it covers, and never to top up what is missing", async () => {
    const covered = part({ available: usd(13_000n), payLink: { isFromBalance: true } as never });
    const mail = await written(covered);
    expect(mail.text).toContain("Pay $20.00 from balance: https://p.example/own");
    expect(mail.text).not.toMatch(/add|missing/i);
    expect(mail.copies?.text).toContain("Pay $20.00: https://p.example/copy");
    expect(mail.copies?.text).toContain("Sign in to pay from it, or pay by card");
    expect(mail.inboxText).not.toContain("p.example");
  });

  it("proposes to add exactly what is short, by its day, and a card beside it", async () => {
    const short = { amount: usd(750n), what: "web-1", by: on("2026-12-14") };
    const mail = await written(part({ available: usd(1_250n), short }));
    expect(mail.subject).toBe("Add $7.50 by 14 December 2026 to renew web-1");
    expect(mail.text).toContain(
      "Your balance has $12.50. Add $7.50 by 14 December 2026 and we renew automatically",
    );
    expect(mail.text).toContain(
      "Add $7.50 to your balance: https://billing.ducky.example/balance/top-up?invoice=INV-1",
    );
  });

  it("asks nothing of who has a card that will be charged", async () => {
    const charge = { last4: "4242", on: on("2026-12-13") };
    const mail = await morningMail(about, {
      parts: [
        { ...part({ total: usd(0n), invoices: [{ ...invoice, isNew: true, charge }] }), payLink: null },
      ],
      declined: [],
      card: null,
    });
    expect(mail.subject).toBe("Invoice INV-1: $20.00, charged to your card on 13 December 2026");
    expect(mail.text).toContain("You don't need to do anything.");
    expect(mail.text).not.toMatch(/\bPay\b/);
  });

  it("has a button for each currency, and says of each what is true of it", async () => {
    const euro = (minor: bigint) => money(minor, "EUR");
    const other: MorningPart = {
      invoices: [{ ...invoice, number: "INV-2", label: "mail-2", amount: euro(900n) }],
      total: euro(900n),
      available: euro(0n),
      debt: euro(0n),
      short: null,
      payLink: {
        amount: euro(900n),
        url: "https://p.example/eur",
        copyUrl: "https://p.example/c",
        isFromBalance: false,
      },
    };
    const { text } = await written(part(), other);
    for (const said of [
      "Pay $20.00: https://p.example/own",
      "Pay €9.00: https://p.example/eur",
      "INV-1",
      "INV-2",
    ])
      expect(text).toContain(said);
  });

  it("never contradicts the books, whatever they are", () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ minor: fc.bigInt(1n, 9_999n), isAutoRenew: fc.boolean() }), {
          minLength: 1,
          maxLength: 4,
        }),
        fc.bigInt(0n, 30_000n),
        fc.boolean(),
        async (open, availableMinor, isPayer) => {
          const totalMinor = open.reduce((total, { minor }) => total + minor, 0n);
          const autoMinor = open.reduce(
            (total, { minor, isAutoRenew }) => total + (isAutoRenew ? minor : 0n),
            0n,
          );
          const shortMinor = autoMinor - availableMinor;
          const short =
            autoMinor > 0n && shortMinor > 0n
              ? { amount: usd(shortMinor), what: null, by: invoice.dueOn }
              : null;
          const covers = availableMinor >= totalMinor;
          const mail = await written(
            part({
              invoices: open.map(({ minor }, at) => ({
                ...invoice,
                number: `INV-${at}`,
                amount: usd(minor),
              })),
              total: usd(totalMinor),
              available: usd(availableMinor),
              short,
              payLink: { isFromBalance: isPayer && covers } as never,
            }),
          );
          const said = (minor: bigint) => formatMoney(usd(minor), "en");
          expect(mail.text).toContain(`Pay ${said(totalMinor)}`);
          expect(/Add /.test(mail.text)).toBe(short !== null);
          if (short) expect(mail.text).toContain(`Add ${said(shortMinor)}`);
          expect(mail.text.includes("from balance:")).toBe(isPayer && covers);
          expect(/covers this/.test(mail.text)).toBe(covers);
        },
      ),
    ));
});
