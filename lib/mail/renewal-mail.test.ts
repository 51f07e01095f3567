import { describe, expect, it } from "vitest";
import type { CalendarDay } from "@/lib/kernel/calendar";
import { money } from "@/lib/kernel/money";
import { invoicesDueMail } from "./renewal-mail";
import { stopMail } from "./stop-mail";

const about = {
  locale: "en",
  recipient: { name: "Ada", email: "ada@example.com" },
  host: { name: "Ducky Cloud", url: "https://billing.ducky.example" },
  timeZone: "UTC",
};
const usd = (minor: bigint) => money(minor, "USD");
const invoice = (label: string) => ({
  number: `INV-${label}`,
  label,
  amount: usd(2_000n),
  dueOn: "2026-11-16" as CalendarDay,
});

describe("a reminder of open invoices", () => {
  const reminder = async (daysFromDue: number, labels: string[]) => {
    const facts = { total: usd(2_000n), daysFromDue, invoices: labels.map(invoice), payLinks: [] };
    return (await invoicesDueMail(about, facts)).text;
  };

  it.each([
    [3, "was due on 16 November 2026"],
    [0, "is due today"],
    [-3, "is due on 16 November 2026"],
  ])("%i days from due, says that it %s, of one and of several", async (daysFromDue, said) => {
    expect(await reminder(daysFromDue, ["web-1"])).toContain(`It ${said} and is not paid yet.`);
    expect(await reminder(daysFromDue, ["web-1", "web-2"])).toContain(`the first ${said}.`);
  });
});

describe("the announcement of a suspension", () => {
  const announced = async (isToPay: boolean) => {
    const at = new Date("2026-11-27T12:00:00Z");
    const owed = isToPay ? { number: "INV-1", amount: usd(600n) } : null;
    const services = [{ label: "web-1", at, invoice: owed }];
    return (await stopMail(about, { what: "suspensionAhead", services, payLinks: [] })).text;
  };

  it("asks to pay only where there is something to pay, and else to renew", async () => {
    expect(await announced(true)).toContain("Once it is paid, nothing is suspended");
    expect(await announced(false)).not.toContain("Once it is paid");
    expect(await announced(false)).toContain("Renew it before that day");
  });
});
