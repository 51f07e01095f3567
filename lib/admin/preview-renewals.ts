import { transact } from "@/db/transaction";
import { hasAutoPay, willBeCharged } from "@/lib/billing/auto-pay/will-be-charged";
import { isUnderWay } from "@/lib/billing/invoice/invoice-status";
import { type ForecastScene, forecastRenewals } from "@/lib/billing/renewal/forecast";
import { readForecastScenesOf } from "@/lib/billing/renewal/read-forecast";
import { renewalIssueAt } from "@/lib/billing/renewal/renewal-days";
import { addDays } from "@/lib/kernel/calendar";
import { type CustomerId, isUuid, type ServiceId } from "@/lib/kernel/id";
import { type Currency, type Money, money } from "@/lib/kernel/money";
import type { Page } from "@/lib/kernel/page";
import { cursorIn, keyset, pageOf } from "./keyset";
import type { StaffActor } from "./shapes";
import { type StaffWorld, staffWorld } from "./world";

/** How far ahead it looks, in days of the billing time zone. */
export const previewDays = 30;

/** The next term of a service that is or will be billed in these days. */
export interface PreviewedRenewal {
  serviceId: ServiceId;
  label: string;
  customerName: string;
  customerReference: string;
  termStartsAt: Date;
  /** When its invoice is issued; that of one that is open already is past. */
  issueAt: Date;
  /** Null where it is not issued yet. */
  invoiceNumber: string | null;
  /** With tax; of one that is not issued as far as the forecast knows it. Null where the plan has no price. */
  amount: Money | null;
  /** Its tax is not in the amount: no forecast and no invoice has it yet, so it is the plan's price. */
  isNet: boolean;
  /**
   * What pays it if nothing else happens: the balance, the card of auto-pay, nothing, or a payment under way; by hand, where
   * it does not renew by itself.
   */
  outcome: "covered" | "charged" | "short" | "being_paid" | "by_hand" | "no_price" | "parked";
  /** What is missing on the balance, with what is unpaid before it; null unless a card is charged for it, or it is short. */
  shortBy: Money | null;
}

const rowsPerPage = 40;

/**
 * What the renewal run bills in the next 30 days, soonest first, and what of it balances cover if nothing else happens: by
 * the forecast that customers see. Every role of staff may look.
 */
export async function previewRenewals(
  _actor: StaffActor,
  { cursor: text }: { cursor: string | null },
  world: StaffWorld = staffWorld(),
): Promise<Page<PreviewedRenewal>> {
  const { timeZone } = world;
  const { sql } = world.staff;
  const now = world.clock.now();
  const cursor = cursorIn(text, isUuid);
  const { beyond, order } = keyset(sql, { at: sql`s.expires_at`, id: sql`s.id` }, cursor, "asc");
  // First which forty, then what is shown of them: prices and tasks of all the others are not looked up.
  const found = await sql`
    with shown as materialized (
      select s.customer_id, s.id, s.plan_id, s.next_plan_id, s.next_plan_at, s.label, s.currency, s.expires_at,
        s.is_auto_renew, h.name, h.reference, r.invoice_id
      from services s join customers h on h.id = s.customer_id and h.closed_at is null
      left join renewals r on r.customer_id = s.customer_id and r.service_id = s.id and r.term_starts_at = s.expires_at
      where s.state in ('active', 'suspended') and s.cancel_requested_at is null
        and s.expires_at <= ${addDays(now, previewDays, timeZone)}
        and (r.state is null or r.state in ('due', 'invoiced')) and ${beyond}
      order by ${order} limit ${rowsPerPage + 1})
    select s.customer_id, s.id, s.label, s.currency, s.expires_at, s.expires_at::text as at, s.is_auto_renew, o.lead_days,
      s.name, s.reference, i.id as invoice_id, i.number, i.total_minor - i.amount_paid_minor - i.amount_credited_minor
        as remaining_minor, price.price_minor, exists (
        select from invoice_claims c where c.customer_id = i.customer_id and c.invoice_id = i.id
          and ${isUnderWay(sql)}) as is_under_way, exists (
        select from tasks t where t.customer_id = s.customer_id and t.kind = 'renewal_parked'
          and t.subject_id in (s.id::text, s.customer_id::text) and t.done_at is null) as is_parked,
      case when i.id is null then ${hasAutoPay(sql, sql`s.customer_id`, now, timeZone)}
        else ${willBeCharged(sql, now, timeZone)} end as is_charged
    from shown s join plans o on o.id = s.plan_id
    join plans p on p.id = case when s.next_plan_at <= s.expires_at then s.next_plan_id else s.plan_id end
    left join lateral (select x.price_minor from plan_prices x where x.plan_id = p.id and x.currency = s.currency
      and x.valid_from <= s.expires_at order by x.valid_from desc limit 1) price on true
    left join invoices i on i.customer_id = s.customer_id and i.id = s.invoice_id and i.state = 'open'
    order by ${order}`;
  const forecasts = await forecastsOf(
    world,
    [...new Set(found.map((row) => row.customer_id as CustomerId))],
    now,
  );
  return pageOf(found, cursor, rowsPerPage, (row): PreviewedRenewal => {
    const currency = row.currency as Currency;
    // The first that the forecast has for it: a service with an open invoice has that one first.
    const event = forecasts.get(row.customer_id)?.find(({ serviceIds }) => serviceIds.includes(row.id));
    const openMinor = row.invoice_id === null ? null : (row.remaining_minor as bigint);
    const amountMinor = openMinor ?? event?.amountMinor ?? row.price_minor;
    const isShort = event !== undefined && !event.isCovered;
    return {
      serviceId: row.id,
      label: row.label,
      customerName: row.name,
      customerReference: row.reference,
      termStartsAt: row.expires_at,
      issueAt: renewalIssueAt(row.expires_at, row.lead_days, timeZone),
      invoiceNumber: row.number,
      amount: amountMinor === null ? null : money(amountMinor, currency),
      isNet: openMinor === null && event === undefined,
      outcome: outcomeOf(row, event),
      shortBy: isShort ? money(event.shortMinor, currency) : null,
    };
  });
}

function outcomeOf(
  row: Record<string, unknown>,
  event: { isCovered: boolean } | undefined,
): PreviewedRenewal["outcome"] {
  if (row.is_parked) return "parked";
  if (row.price_minor === null && row.invoice_id === null) return "no_price";
  if (event?.isCovered) return "covered";
  if (event) return row.is_charged ? "charged" : "short";
  if (row.is_under_way) return "being_paid";
  return "by_hand";
}

/** The same few statements for one customer as for all: what they stand on is read at once, then each is forecast. */
async function forecastsOf(world: StaffWorld, customerIds: readonly CustomerId[], now: Date) {
  const scenes = await transact(world.staff, {}, ({ sql }) =>
    readForecastScenesOf(sql, customerIds, { now, timeZone: world.timeZone }),
  );
  const eventsOf = (scene: ForecastScene) => forecastRenewals({ ...scene, horizonDays: previewDays }).events;
  return new Map([...scenes].map(([customerId, own]) => [customerId, own.flatMap(eventsOf)]));
}
