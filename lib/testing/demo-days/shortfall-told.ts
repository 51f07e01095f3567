import { willBeCharged } from "@/lib/billing/auto-pay/will-be-charged";
import { type Currency, formatMoney, money } from "@/lib/kernel/money";
import type { Notice, Untrue } from "./comparing";
import type { DemoStage } from "./demo-stage";

/** What customers missed for all that renews when they were last reminded, in minor units by customer and currency. */
export type MissedWhenTold = Map<string, bigint>;

/**
 * A mail of reminding that is about a risen shortfall alone says what is missing for all that renews, and more is missing than
 * when the customer was last reminded: summed up from the books, not from what the portal noted. Keeps in `missed` what is missing now.
 */
export async function falseRises(
  stage: Pick<DemoStage, "owner" | "world">,
  notices: readonly Notice[],
  missed: MissedWhenTold,
): Promise<Untrue[]> {
  const found: Untrue[] = [];
  for (const notice of notices.filter(({ topic }) => topic === "reminder")) {
    const { customerId, text, locale } = notice;
    const isAboutRise = await isAboutRiseAlone(stage, notice);
    const missing = await missingFor(stage, customerId);
    for (const [currency, minor] of isAboutRise ? missing : []) {
      const said = formatMoney(money(minor, currency), locale);
      const before = missed.get(`${customerId} ${currency}`);
      if (minor > 0n && !text.includes(said))
        found.push({ rule: "a rise is told for all that renews", detail: `${said} is missing: ${text}` });
      if (before !== undefined && minor <= before)
        found.push({
          rule: "what is told to have risen has",
          detail: `${before} then, ${minor} now: ${text}`,
        });
    }
    for (const [currency, minor] of missing) missed.set(`${customerId} ${currency}`, minor);
  }
  return found;
}

async function isAboutRiseAlone(
  { owner }: Pick<DemoStage, "owner">,
  { customerId, id }: Notice,
): Promise<boolean> {
  const [row] = await owner`
    select coalesce(bool_and(kind = 'shortfall'), false) as is_rise from reminders
    where customer_id = ${customerId} and outbox_id = ${id}`;
  return row?.is_rise === true;
}

/** By currency, for all open renewals that nobody is paying and no card will pay. */
async function missingFor(
  { owner, world }: Pick<DemoStage, "owner" | "world">,
  customerId: string,
): Promise<Map<Currency, bigint>> {
  const rows = await owner`
    select i.currency, greatest(0, sum(i.total_minor - i.amount_paid_minor - i.amount_credited_minor)
      - coalesce((select b.posted_minor - b.held_minor from balances b where b.customer_id = ${customerId}
        and b.currency = i.currency), 0)
      + coalesce((select sum(case when t.debit = 'customer_debt' then t.amount_minor else -t.amount_minor end)
        from transfers t where t.customer_id = ${customerId} and t.currency = i.currency
        and 'customer_debt' in (t.debit, t.credit)), 0))::bigint as minor
    from invoices i where i.customer_id = ${customerId} and i.state = 'open' and i.origin = 'renewal'
      and not ${willBeCharged(owner, world.clock.now(), world.timeZone)}
      and not exists (select from invoice_claims k where k.customer_id = i.customer_id and k.invoice_id = i.id)
      and not exists (select from invoice_lines l join services s on s.customer_id = l.customer_id and s.id = l.service_id
        where l.customer_id = i.customer_id and l.invoice_id = i.id and not s.is_auto_renew)
    group by i.currency`;
  return new Map(rows.map((row) => [row.currency as Currency, row.minor as bigint]));
}
