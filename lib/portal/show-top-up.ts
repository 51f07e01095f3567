import type { ReservedSql } from "@/db/client";
import { readDebts } from "@/lib/billing/payment/debt";
import { topUpFor, topUpMostMinor } from "@/lib/billing/payment/top-up-amount";
import type { World } from "@/lib/billing/world";
import type { ChargeLimits } from "@/lib/gateway/port";
import type { InvoiceId, PaymentId } from "@/lib/kernel/id";
import { type Currency, isCurrency, money, parseMoney, sumOf } from "@/lib/kernel/money";
import { ok, type Result, refuse } from "@/lib/kernel/result";
import { readCards } from "./list-cards";
import { mayPay } from "./permit";
import { readAs } from "./scoped";
import type { CustomerActor, InvoiceState, PayRefusal, TopUpOffer, TopUpPanel } from "./shapes";
import { portalWorld } from "./world";

/** More amounts than this are no help to choose from. */
const offersMost = 4;

/**
 * What topping up needs to show: the balance, and amounts worth choosing. Each is what an open invoice is short of: what
 * remains on it and on earlier unpaid ones of the same services, less what is available (domain.md, Renewing), raised
 * to what Stripe can charge. Invoices that another payment is paying are left out. Reads only; no amount that a browser
 * sends comes into it but as a wish. Refuses an invoice that is unknown, not open, or being paid.
 */
export function showTopUp(
  actor: CustomerActor,
  wish: { invoiceNumber?: string | null; currency?: string | null; amount?: string | null } = {},
  world: World = portalWorld(),
): Promise<Result<TopUpPanel, PayRefusal>> {
  const number = wish.invoiceNumber ?? null;
  // No number has a zero in it, and PostgreSQL cannot even be asked for one.
  if (number?.includes("\0")) return Promise.resolve(refuse({ code: "invoice_not_found" }));
  return readAs(world, actor, async (sql) => {
    const begun = number === null ? null : await readBegun(sql, actor, number);
    if (begun && "code" in begun) return refuse(begun);
    const currency = begun?.currency ?? (await currencyOf(sql, actor, wish.currency ?? null));
    return ok(await panelOf(sql, world, actor, currency, begun?.id ?? null, wish.amount ?? null));
  });
}

async function readBegun(
  sql: ReservedSql,
  { customerId }: CustomerActor,
  number: string,
): Promise<{ id: InvoiceId; currency: Currency } | PayRefusal> {
  const [row] = await sql`
    select i.id, i.state, i.currency, c.payment_id from invoices i
    left join invoice_claims c on c.customer_id = i.customer_id and c.invoice_id = i.id
    where i.customer_id = ${customerId} and i.number = ${number}`;
  if (!row) return { code: "invoice_not_found" };
  if (row.state !== "open") return { code: "invoice_not_open", number, state: row.state as InvoiceState };
  if (row.payment_id) return { code: "payment_in_progress", paymentId: row.payment_id as PaymentId };
  return { id: row.id, currency: row.currency };
}

/** The one that was asked for, if this customer has a balance or owes in it; else the customer's own. */
async function currencyOf(
  sql: ReservedSql,
  { customerId }: CustomerActor,
  wished: string | null,
): Promise<Currency> {
  const asked = wished !== null && isCurrency(wished) ? wished : null;
  const [row] = await sql`
    select currency as own,
      exists (select from balances b where b.customer_id = c.id and b.currency = ${asked})
        or exists (select from invoices i where i.customer_id = c.id and i.currency = ${asked} and i.state = 'open')
        as is_theirs
    from customers c where c.id = ${customerId}`;
  return asked && row?.is_theirs ? asked : (row?.own as Currency);
}

interface OpenInvoice {
  id: InvoiceId;
  number: string;
  summary: string;
  remainingMinor: bigint;
  isAutoRenew: boolean;
}

async function panelOf(
  sql: ReservedSql,
  world: World,
  actor: CustomerActor,
  currency: Currency,
  begunFrom: InvoiceId | null,
  wished: string | null,
): Promise<TopUpPanel> {
  const limits = world.gateway.chargeLimits(currency);
  const [availableMinor, open, earlier, canPay, cards] = await Promise.all([
    readAvailable(sql, actor, currency),
    readOpen(sql, actor, currency),
    readEarlier(sql, actor, currency),
    mayPay(sql, actor),
    readCards(sql, world, actor),
  ]);
  const look = { open, earlier, availableMinor, currency, limits };
  const offers = open
    .filter(({ id }) => id !== begunFrom)
    .flatMap((invoice) => offerFor(look, invoice) ?? [])
    .slice(0, offersMost);
  return {
    available: money(availableMinor, currency),
    least: money(limits.minimumMinor, currency),
    most: money(topUpMostMinor, currency),
    begunFrom: begunOf(look, begunFrom),
    offers: [...offerAsWished(look, wished), ...offers, ...offerForRenewals(look)],
    cards: cards.filter(({ isExpired }) => !isExpired),
    canPay,
  };
}

interface Look {
  open: readonly OpenInvoice[];
  /** Of each invoice, the earlier unpaid ones of the same services. */
  earlier: ReadonlyMap<InvoiceId, readonly InvoiceId[]>;
  availableMinor: bigint;
  currency: Currency;
  limits: ChargeLimits;
}

/** The invoice with those that are settled before it; null where one of them is being paid, and so has to be waited for. */
function chainOf({ open, earlier }: Look, id: InvoiceId): OpenInvoice[] | null {
  const ids = [...(earlier.get(id) ?? []), id];
  const chain = open.filter((invoice) => ids.includes(invoice.id));
  return chain.length === ids.length ? chain : null;
}

function offerFor(look: Look, { id, number, summary }: OpenInvoice): TopUpOffer | null {
  const chain = chainOf(look, id);
  if (!chain) return null;
  const amount = topUpFor(dueMinor(chain) - look.availableMinor, look.currency, look.limits);
  return amount && { kind: "invoice", id, number, summary, amount };
}

/** What was asked for by the address, raised to what Stripe can charge; nothing where that is no amount. */
function offerAsWished({ currency, limits }: Look, wished: string | null): TopUpOffer[] {
  const parsed = wished === null ? null : parseMoney(wished, currency);
  const amount = parsed?.ok ? topUpFor(parsed.value.minor, currency, limits) : null;
  return amount ? [{ kind: "wished", amount }] : [];
}

/** One renewal has its own offer already. */
function offerForRenewals(look: Look): TopUpOffer[] {
  const renewals = look.open.filter(({ isAutoRenew }) => isAutoRenew);
  if (renewals.length < 2) return [];
  const amount = topUpFor(dueMinor(renewals) - look.availableMinor, look.currency, look.limits);
  return amount ? [{ kind: "renewals", count: renewals.length, amount }] : [];
}

function begunOf(look: Look, id: InvoiceId | null): TopUpPanel["begunFrom"] {
  const invoice = look.open.find((one) => one.id === id);
  if (!invoice) return null;
  const chain = chainOf(look, invoice.id);
  return {
    id: invoice.id,
    number: invoice.number,
    remaining: money(invoice.remainingMinor, look.currency),
    isCovered: chain !== null && dueMinor(chain) <= look.availableMinor,
    earlier: (chain ?? []).filter((one) => one.id !== id).map(({ number }) => number),
    offer: offerFor(look, invoice),
  };
}

function dueMinor(invoices: readonly OpenInvoice[]): bigint {
  return sumOf(invoices, ({ remainingMinor }) => remainingMinor);
}

/** Less what is owed: that is paid before anything else, and is part of what is missing (domain.md, Renewing). */
async function readAvailable(
  sql: ReservedSql,
  { customerId }: CustomerActor,
  currency: Currency,
): Promise<bigint> {
  const [[row], debts] = await Promise.all([
    sql`
      select posted_minor - held_minor as minor from balances
      where customer_id = ${customerId} and currency = ${currency}`,
    readDebts(sql, customerId),
  ]);
  return (row?.minor ?? 0n) - (debts.get(currency) ?? 0n);
}

/** Open invoices that nobody pays now, oldest due first, and whether the balance settles each by itself. */
async function readOpen(
  sql: ReservedSql,
  { customerId }: CustomerActor,
  currency: Currency,
): Promise<OpenInvoice[]> {
  const rows = await sql`
    select i.id, i.number, i.summary, i.total_minor - i.amount_paid_minor - i.amount_credited_minor as remaining_minor,
      i.origin = 'renewal' and coalesce((
        select bool_and(l.kind = 'renewal' and s.is_auto_renew) from invoice_lines l
        left join services s on s.customer_id = l.customer_id and s.id = l.service_id
        where l.customer_id = i.customer_id and l.invoice_id = i.id), false) as is_auto_renew
    from invoices i
    where i.customer_id = ${customerId} and i.state = 'open' and i.currency = ${currency} and not exists (
      select from invoice_claims c where c.customer_id = i.customer_id and c.invoice_id = i.id)
    order by i.due_on, i.id`;
  return rows.map((row) => ({
    id: row.id as InvoiceId,
    number: row.number,
    summary: row.summary,
    remainingMinor: row.remaining_minor,
    isAutoRenew: row.is_auto_renew,
  }));
}

/** As a payment takes them along: open invoices of earlier terms that have not been passed. */
async function readEarlier(
  sql: ReservedSql,
  { customerId }: CustomerActor,
  currency: Currency,
): Promise<Map<InvoiceId, InvoiceId[]>> {
  const rows = await sql`
    select i.id, array_agg(distinct e.invoice_id) as earlier from invoices i
    join invoice_lines l on l.customer_id = i.customer_id and l.invoice_id = i.id and l.kind = 'renewal'
    join services s on s.customer_id = l.customer_id and s.id = l.service_id
    join invoice_lines e on e.customer_id = l.customer_id and e.service_id = l.service_id and e.kind = 'renewal'
      and e.term_starts_at < l.term_starts_at and e.term_starts_at >= s.expires_at and e.invoice_id <> i.id
    join invoices o on o.customer_id = e.customer_id and o.id = e.invoice_id and o.state = 'open'
    where i.customer_id = ${customerId} and i.state = 'open' and i.currency = ${currency} group by i.id`;
  return new Map(rows.map((row) => [row.id as InvoiceId, row.earlier as InvoiceId[]]));
}
