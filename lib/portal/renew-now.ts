import type { ReservedSql } from "@/db/client";
import { priceInvoice } from "@/lib/billing/invoice/draft";
import { ownRates, type TaxRule, taxRuleIn, taxRuleSql } from "@/lib/billing/invoice/tax-rule";
import { planPayment } from "@/lib/billing/payment/plan";
import {
  type NextTerm,
  nextTerms,
  type RenewableService,
  readRenewable,
  termsMost,
} from "@/lib/billing/renewal/next-terms";
import { renewNow as renew } from "@/lib/billing/renewal/renew-now";
import { renewalDraft } from "@/lib/billing/renewal/renewal-draft";
import type { World } from "@/lib/billing/world";
import {
  type InvoiceId,
  isUuid,
  newId,
  type PaymentId,
  type RenewalId,
  type ServiceId,
} from "@/lib/kernel/id";
import { type Money, money } from "@/lib/kernel/money";
import { ok, type Result, refuse } from "@/lib/kernel/result";
import { type ChargeChoice, wayOf } from "./charge-choice";
import { readCards } from "./list-cards";
import { readServiceRows } from "./list-services";
import { begin, shownMinor, shownOf } from "./pay";
import { mayPay } from "./permit";
import { readAs } from "./scoped";
import type { CardView, CustomerActor, PayOutcome, PayRefusal, PlanShown, PriceAhead } from "./shapes";
import { portalWorld } from "./world";

export { termsMost };

/** A service's next terms, what they cost, and how they can be paid. */
export interface RenewPanel {
  service: { id: ServiceId; label: string; term: RenewableService["plan"]["term"] };
  terms: { startsAt: Date; endsAt: Date; amount: Money; invoiceNumber: string | null }[];
  /** Another price that its terms to come have, net. */
  nextPrice: PriceAhead | null;
  due: Money;
  available: Money;
  fromBalance: PlanShown | null;
  combined: PlanShown | null;
  direct: PlanShown;
  cards: CardView[];
  canPay: boolean;
}

/** What renewing a service by so many terms would come to, as things stand: the server works it out, nothing is issued. */
export function showRenewNow(
  actor: CustomerActor,
  wish: { serviceId: string; terms: number },
  world: World = portalWorld(),
): Promise<Result<RenewPanel, PayRefusal>> {
  const { serviceId } = wish;
  if (!isUuid(serviceId)) return Promise.resolve(refuse({ code: "service_not_found" }));
  return readAs(world, actor, async (sql) => {
    const { customerId } = actor;
    const [service, tax, balances, cards, canPay, [row]] = await Promise.all([
      readRenewable(sql, customerId, serviceId as ServiceId),
      readTax(sql, actor),
      sql`select currency, posted_minor - held_minor as minor from balances where customer_id = ${customerId}`,
      readCards(sql, world, actor),
      mayPay(sql, actor),
      readServiceRows(
        sql,
        actor,
        { now: world.clock.now(), timeZone: world.timeZone },
        serviceId as ServiceId,
      ),
    ]);
    if (!service) return refuse({ code: "service_not_found" });
    if (row?.isBeingPaid) return refuse({ code: "renewal_being_paid" });
    const terms = nextTerms(service, termsIn(wish.terms), world.timeZone);
    if (!terms) return refuse({ code: "service_not_renewable" });
    const { currency } = service;
    const priced = terms.map((term) => ({ term, minor: minorOf(world, service, term, tax) }));
    const dues = priced.map(({ minor }) => ({ id: newId<InvoiceId>(), remainingMinor: minor }));
    const dueMinor = dues.reduce((total, { remainingMinor }) => total + remainingMinor, 0n);
    const availableMinor: bigint = balances.find((row) => row.currency === currency)?.minor ?? 0n;
    const limits = world.gateway.chargeLimits(currency);
    const direct = planPayment(dues, availableMinor, "none", limits);
    const combined = planPayment(dues, availableMinor, "all", limits);
    if (!direct.ok || !combined.ok) return refuse({ code: "service_not_renewable" });
    const coversAll = availableMinor >= dueMinor;
    return ok({
      service: { id: service.id, label: service.label, term: service.plan.term },
      terms: priced.map(({ term, minor }) => ({
        startsAt: term.startsAt,
        endsAt: term.endsAt,
        amount: money(minor, currency),
        invoiceNumber: term.kind === "open" ? term.number : null,
      })),
      nextPrice: row?.nextPrice ?? null,
      due: money(dueMinor, currency),
      available: money(availableMinor, currency),
      fromBalance: coversAll ? shownOf(combined.plan) : null,
      combined: !coversAll && combined.plan.balanceMinor > 0n ? shownOf(combined.plan) : null,
      direct: shownOf(direct.plan),
      cards: cards.filter(({ isExpired }) => !isExpired),
      canPay,
    });
  });
}

export interface RenewInput extends ChargeChoice {
  serviceId: string;
  terms: number;
  /** Made once for each panel shown: a double click or a reload is the same payment. */
  paymentId: string;
  how: "balance" | "combined" | "direct";
  /** The plan the customer was shown; refused with the new one if it no longer holds. */
  plan: PlanShown;
}

/**
 * Renews a service now, for one or several terms, by one payment; also one that is suspended, and one whose renewal was
 * declined (domain.md, Renewing). Refuses as paying does, and a service that cannot be renewed.
 */
export async function renewNow(
  actor: CustomerActor,
  input: RenewInput,
  world: World = portalWorld(),
): Promise<Result<PayOutcome, PayRefusal>> {
  if (!isUuid(input.serviceId)) return refuse({ code: "service_not_found" });
  if (!isUuid(input.paymentId)) return refuse({ code: "payment_id_used" });
  const way = wayOf(input);
  if (!way.ok) return way;
  const { customerId, userId } = actor;
  const { plan, how } = input;
  const start = {
    customerId,
    userId,
    origin: "customer" as const,
    paymentId: input.paymentId as PaymentId,
    serviceId: input.serviceId as ServiceId,
    terms: termsIn(input.terms),
    wish: how === "direct" ? ("none" as const) : ("all" as const),
    ...(how !== "balance" && { way: way.value }),
    balanceOnly: how === "balance",
    shown: {
      balanceMinor: shownMinor(plan.balanceMinor),
      cardMinor: shownMinor(plan.cardMinor),
      excessMinor: shownMinor(plan.excessMinor),
    },
    permit: (sql: ReservedSql) => mayPay(sql, actor),
  };
  return begin(world, start, () => renew(world, start));
}

function termsIn(terms: number): number {
  return Number.isInteger(terms) ? Math.min(Math.max(terms, 1), termsMost) : 1;
}

async function readTax(sql: ReservedSql, { customerId }: CustomerActor): Promise<TaxRule> {
  const [row] = await sql`select ${taxRuleSql(sql)} as tax_rule from customers c where c.id = ${customerId}`;
  return row ? taxRuleIn(row.tax_rule) : ownRates;
}

/** What a term costs with tax: what is open of its invoice, or what its invoice would be for. */
function minorOf(world: World, service: RenewableService, term: NextTerm, tax: TaxRule): bigint {
  if (term.kind === "open") return term.remainingMinor;
  const { id, planId, label, plan, currency } = service;
  const next = {
    renewalId: newId<RenewalId>(),
    service: { id, planId, label, anchorDay: service.anchorDay as number },
    plan,
    currency,
    priceMinor: term.priceMinor,
    startsAt: term.startsAt,
  };
  const now = world.clock.now();
  const draft = renewalDraft(next, now, world.timeZone);
  return priceInvoice(draft, tax, { clock: world.clock, now }).total.minor;
}
