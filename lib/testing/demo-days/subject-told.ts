import { calendarDay } from "@/lib/kernel/calendar";
import { type Currency, formatMoney, money } from "@/lib/kernel/money";
import type { Notice, Untrue } from "./comparing";
import type { DemoStage } from "./demo-stage";

interface Named {
  number: string;
  title: string;
  detail: string;
  currency: Currency;
  dueOn: string;
  remainingMinor: bigint;
}

/** What a subject says, in the words of the mail: which of the invoices in the mail it is about. */
interface Said {
  readonly pattern: RegExp;
  readonly isAbout: (one: Named, told: Record<string, string>, today: string) => boolean;
}

const en: readonly Said[] = [
  {
    pattern: /^(?<what>.+) will be (?:suspended|deleted) on (?<day>.+) unless (?<amount>.+) is paid$/,
    isAbout: (one, { what = "", day = "" }) => isStopped(one, what, /^\d+ services$/, day),
  },
  { pattern: /^(?<amount>\S+) is past due$/, isAbout: ({ dueOn }, _, today) => dueOn < today },
  { pattern: /^(?<amount>\S+) is due today$/, isAbout: ({ dueOn }, _, today) => dueOn === today },
  {
    pattern: /^(?<amount>\S+) is due on (?<day>.+)$/,
    isAbout: ({ detail }, { day = "" }) => detail.includes(day),
  },
];

const zh: readonly Said[] = [
  {
    pattern: /^如不支付 (?<amount>.+)，(?<what>.+) 将于 (?<day>.+) (?:暂停|删除)$/,
    isAbout: (one, { what = "", day = "" }) => isStopped(one, what, /^\d+ 项服务$/, day),
  },
  { pattern: /^(?<amount>\S+) 已逾期$/, isAbout: ({ dueOn }, _, today) => dueOn < today },
  { pattern: /^(?<amount>\S+) 今天到期$/, isAbout: ({ dueOn }, _, today) => dueOn === today },
  {
    pattern: /^(?<amount>\S+) 将于 (?<day>.+) 到期$/,
    isAbout: ({ detail }, { day = "" }) => detail.includes(day),
  },
];

/** The service that is named, or, of several, each whose line says that day. */
function isStopped({ title, detail }: Named, what: string, several: RegExp, day: string): boolean {
  return several.test(what) ? detail.includes(day) : title === what;
}

/**
 * The amount in the subject of a reminder is the sum of the invoices that the subject is about, no more and no less: of those in
 * the mail, as the books know them.
 */
export async function falseSubject(
  { owner, world }: Pick<DemoStage, "owner" | "world">,
  { customerId, text, locale, sentAt }: Notice,
): Promise<Untrue[]> {
  const [subject = ""] = text.split("\n");
  for (const { pattern, isAbout } of locale === "zh" ? zh : en) {
    const told = pattern.exec(subject)?.groups;
    if (!told) continue;
    const rows = await owner`
      select number, currency, due_on, total_minor - amount_paid_minor - amount_credited_minor as remaining_minor
      from invoices where customer_id = ${customerId} and position(number in ${text}) > 0`;
    const today = calendarDay(sentAt, world.timeZone);
    const sums = new Map<Currency, bigint>();
    for (const row of rows) {
      const one = namedIn(text, row);
      if (one && isAbout(one, told, today))
        sums.set(one.currency, (sums.get(one.currency) ?? 0n) + one.remainingMinor);
    }
    const amounts = [...sums].map(([currency, minor]) => formatMoney(money(minor, currency), locale));
    if (amounts.includes(told.amount ?? "")) return [];
    return [
      {
        rule: "the amount in a subject is the sum of what it names",
        detail: `${subject}: ${amounts.join(", ") || "nothing"}`,
      },
    ];
  }
  return [];
}

/** Its line in the mail; none where a card is charged, of which no subject asks to be paid. */
function namedIn(text: string, row: Record<string, unknown>): Named | null {
  const number = String(row.number);
  const lines = text.split("\n");
  const at = lines.findIndex((line) => line.startsWith(`${number} · `));
  const blank = lines.indexOf("", at);
  const detail = lines.slice(at, blank < 0 ? undefined : blank).join("\n");
  if (at < 1 || /charged on|扣款/.test(detail)) return null;
  return {
    number,
    title: (lines[at - 1] ?? "").replace(/: [^:]*$/, ""),
    detail,
    currency: row.currency as Currency,
    dueOn: String(row.due_on),
    remainingMinor: row.remaining_minor as bigint,
  };
}
