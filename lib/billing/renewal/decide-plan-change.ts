import { calendarDay } from "@/lib/kernel/calendar";
import { manualClock } from "@/lib/kernel/clock";
import type { PaymentId, TermId } from "@/lib/kernel/id";
import { type Currency, least, type Money, money } from "@/lib/kernel/money";
import { type InvoiceDraft, type LineDraft, priceInvoice } from "../invoice/draft";
import { ownRates, ratePpmOf } from "../invoice/tax-rule";
import type { ServiceState } from "../service/states";
import type { DisputedTermMoney, OpenRenewal, PlanChangeScene, TermSource } from "./plan-change-scene";
import { type CreditPart, type CreditSource, creditParts, netOf, prorate, type TermChange } from "./prorate";
import { renewalDraft } from "./renewal-draft";

/** From the next term that is not paid, or from today with proration. */
export type PlanChangeWay = "next_term" | "at_once";

export type PlanChangeRefusal =
  | { code: "not_allowed" }
  | { code: "service_not_found" }
  /** Only what runs has a plan to change. */
  | { code: "service_not_running"; state: ServiceState }
  /** It ends with its last paid term: no term is billed that the new plan could be for. */
  | { code: "service_ending" }
  | { code: "plan_not_offered" }
  /** It is for another kind of service. */
  | { code: "plan_of_another_family" }
  | { code: "plan_is_the_same" }
  | { code: "plan_without_price"; currency: Currency }
  /** A term of another length begins when those that are paid or billed ahead are over. */
  | { code: "term_differs" }
  /** A change that was asked for before is paid, and begins then. */
  | { code: "change_is_paid"; at: Date }
  /** The open renewal bills other services too. */
  | { code: "renewal_shared"; number: string }
  /** A card payment for its terms is disputed, and the bank has not decided. */
  | { code: "payment_disputed" }
  /** What is to be given back was credited otherwise. */
  | { code: "nothing_to_credit" }
  | { code: "plan_change_differs" }
  | { code: "balance_too_low"; shortBy: Money }
  | { code: "payment_in_progress"; paymentId: PaymentId }
  | { code: "paid_meanwhile" };

/** What a change does, before anything is written. */
export interface DecidedPlanChange {
  way: PlanChangeWay;
  /** From when the new plan is the service's. */
  startsAt: Date;
  changes: TermChange[];
  /** Those that the invoice bills. */
  billedTerms: ReadonlySet<TermId>;
  /** Given back, from which invoices. */
  credits: CreditPart[];
  /** Bills what the new plan costs more, and all of what it costs of terms that were billed at another rate of tax. */
  invoice: InvoiceDraft | null;
  chargedMinor: bigint;
  creditedMinor: bigint;
  /** Of that, what goes to the loss of a payment whose bank took it back: the balance does not get it. */
  keptMinor: bigint;
  /** Unpaid renewals that are voided and issued anew, with their due dates. */
  reissued: { old: OpenRenewal; draft: InvoiceDraft }[];
}

/**
 * What a change of a service's plan does (domain.md, Renewing, on the price): unpaid renewals are issued anew and keep
 * their due dates; paid terms stay as they are, or are prorated at once, each term on its own: what costs more is billed,
 * what costs less is credited. Pure.
 */
export function decidePlanChange(
  scene: PlanChangeScene,
  way: PlanChangeWay,
  now: Date,
  timeZone: string,
): { ok: true; decided: DecidedPlanChange } | { ok: false; refusal: PlanChangeRefusal } {
  const refusal = refusalOf(scene, way);
  if (refusal) return { ok: false, refusal };
  const { service } = scene;
  const changes = way === "at_once" ? prorate(scene.terms, service.currency, now, timeZone) : [];
  const parts = changes.map((change) => partsOf(scene, change, now));
  const credits = creditsOf(scene, parts);
  if (!credits) return { ok: false, refusal: { code: "nothing_to_credit" } };
  const billed = parts.filter((part) => isBilled(part));
  const invoice = billed.length > 0 ? changeInvoice(scene, billed, now, timeZone) : null;
  const decided: DecidedPlanChange = {
    way,
    startsAt: way === "at_once" ? now : (service.expiresAt ?? now),
    changes,
    billedTerms: new Set(billed.map(({ change }) => change.term.termId)),
    credits,
    invoice,
    chargedMinor: invoice
      ? priceInvoice(invoice, ownRates, { clock: manualClock(now), now }).total.minor
      : 0n,
    creditedMinor: credits.reduce((total, part) => total + part.netMinor + part.taxMinor, 0n),
    keptMinor: keptOf(scene.disputed, credits),
    reissued: scene.open.map((old) => ({ old, draft: reissue(scene, old, now, timeZone) })),
  };
  return { ok: true, decided };
}

function refusalOf(scene: PlanChangeScene, way: PlanChangeWay): PlanChangeRefusal | null {
  const { service, from, to } = scene;
  if (service.state !== "active" && service.state !== "suspended") {
    return { code: "service_not_running", state: service.state };
  }
  if (service.isEnding) return { code: "service_ending" };
  const { nextPlanAt, expiresAt } = service;
  if (way === "next_term" && nextPlanAt && expiresAt && expiresAt > nextPlanAt) {
    return { code: "change_is_paid", at: nextPlanAt };
  }
  // Back to the plan it has takes back a change that was to come.
  if (to.id === from.id && (way === "at_once" || service.nextPlanId === null)) {
    return { code: "plan_is_the_same" };
  }
  if (way === "next_term" && to.id === service.nextPlanId) return { code: "plan_is_the_same" };
  if (!to.isOffered && to.id !== from.id) return { code: "plan_not_offered" };
  if (to.family !== from.family) return { code: "plan_of_another_family" };
  if (scene.priceMinor === null || scene.open.some(({ newNetMinor }) => newNetMinor === null)) {
    return { code: "plan_without_price", currency: service.currency };
  }
  const isOfOneLength = from.term.unit === to.term.unit && from.term.count === to.term.count;
  const isFixed = scene.open.length > 1 || (way === "at_once" && scene.terms.length > 0);
  if (!isOfOneLength && isFixed) return { code: "term_differs" };
  if (way === "at_once" && scene.disputed.some(({ isOpen }) => isOpen)) return { code: "payment_disputed" };
  const shared = scene.open.find(({ isShared }) => isShared);
  return shared ? { code: "renewal_shared", number: shared.number } : null;
}

/** What a credit takes off a lost charge goes first to the loss that the host bears of it (domain.md, A18). Pure. */
export function keptOf(disputed: readonly DisputedTermMoney[], credits: readonly CreditPart[]): bigint {
  const lossLeft = new Map(disputed.map(({ paymentId, hostLossMinor }) => [paymentId, hostLossMinor]));
  let keptMinor = 0n;
  for (const { invoiceId, netMinor, taxMinor } of credits) {
    let leftMinor = netMinor + taxMinor;
    for (const money of disputed.filter((one) => one.invoiceId === invoiceId)) {
      const offMinor = money.onInvoiceMinor < leftMinor ? money.onInvoiceMinor : leftMinor;
      const lossMinor = lossLeft.get(money.paymentId) ?? 0n;
      const toLossMinor = offMinor < lossMinor ? offMinor : lossMinor;
      lossLeft.set(money.paymentId, lossMinor - toLossMinor);
      leftMinor -= offMinor;
      keptMinor += toLossMinor;
    }
  }
  return keptMinor;
}

/** The change of one term, with the rate of what is left of it. */
interface Part {
  change: TermChange;
  period: { startsAt: Date; endsAt: Date };
  ratePpm: number;
  /** It was billed at that rate too: only the difference is billed, or given back. */
  isOneRate: boolean;
}

/**
 * What is given back bears the tax that was billed, and what is charged the tax of its own period (domain.md, A2). Where the
 * rates differ no difference can be taken of the two: all of the one is credited, and all of the other billed.
 */
function partsOf(scene: PlanChangeScene, change: TermChange, now: Date): Part {
  const { startsAt, endsAt, termId } = change.term;
  const period = { startsAt: startsAt > now ? startsAt : now, endsAt };
  const ratePpm = ratePpmOf(scene.taxRule, period, now);
  const term = scene.terms.find((one) => one.termId === termId);
  const sources = (term?.sources ?? []).map((source) => givable(source, undefined));
  return { change, period, ratePpm, isOneRate: isBilledAt(ratePpm, sources, change.credited.minor) };
}

/** Whether what a net is given back of was billed at this rate. */
function isBilledAt(ratePpm: number, sources: readonly CreditSource[], netMinor: bigint): boolean {
  let leftMinor = netMinor;
  for (const source of sources) {
    if (leftMinor <= 0n) return true;
    if (source.netMinor > 0n && source.ratePpm !== ratePpm) return false;
    leftMinor -= source.netMinor;
  }
  return true;
}

function isBilled({ change, isOneRate }: Part): boolean {
  return isOneRate ? netOf(change) > 0n : change.charged.minor > 0n;
}

/** Term by term from what paid for it, put together by invoice. */
function creditsOf(scene: PlanChangeScene, changed: readonly Part[]): CreditPart[] | null {
  const taken = new Map<string, CreditPart>();
  for (const { change, isOneRate } of changed) {
    const netMinor = isOneRate ? -netOf(change) : change.credited.minor;
    if (netMinor <= 0n) continue;
    const term = scene.terms.find(({ termId }) => termId === change.term.termId);
    const parts = creditParts(
      netMinor,
      (term?.sources ?? []).map((source) => givable(source, taken.get(source.invoiceId))),
    );
    if (!parts) return null;
    for (const part of parts) {
      const before = taken.get(part.invoiceId);
      taken.set(part.invoiceId, {
        invoiceId: part.invoiceId,
        netMinor: part.netMinor + (before?.netMinor ?? 0n),
        taxMinor: part.taxMinor + (before?.taxMinor ?? 0n),
      });
    }
  }
  return [...taken.values()];
}

/** What of it can be given back, where something of its invoice is given back already for another term. */
function givable(
  source: TermSource,
  taken: { netMinor: bigint; taxMinor: bigint } | undefined,
): CreditSource {
  return {
    ...source,
    netMinor: least(source.netMinor, source.left.netMinor - (taken?.netMinor ?? 0n)),
    taxMinor: least(source.taxMinor, source.left.taxMinor - (taken?.taxMinor ?? 0n)),
  };
}

/** For each term its rest at the new price, and where that is billed at one rate, its rest at the old one taken back. */
function changeInvoice(
  scene: PlanChangeScene,
  billed: readonly Part[],
  now: Date,
  timeZone: string,
): InvoiceDraft {
  const { service, from, to } = scene;
  return {
    origin: "manual",
    currency: service.currency,
    summary: `${service.label}: ${from.name} → ${to.name}`,
    dueOn: calendarDay(now, timeZone),
    lines: billed.flatMap(({ change, period, ratePpm, isOneRate }): LineDraft[] => {
      const rest = `${change.remainingDays}/${change.termDays}`;
      const line = { kind: "other" as const, quantity: 1, taxRatePpm: ratePpm, period };
      const { credited } = change;
      return [
        {
          ...line,
          description: `${service.label}: ${to.name} (${rest})`,
          unit: change.charged,
        },
        ...(credited.minor === 0n || !isOneRate
          ? []
          : [
              {
                ...line,
                description: `${service.label}: ${from.name} (${rest})`,
                unit: money(-credited.minor, credited.currency),
              },
            ]),
      ];
    }),
  };
}

function reissue(scene: PlanChangeScene, old: OpenRenewal, now: Date, timeZone: string): InvoiceDraft {
  const { service, to } = scene;
  const draft = renewalDraft(
    {
      renewalId: old.renewalId,
      service: { ...service, planId: to.id, anchorDay: service.anchorDay ?? 1 },
      plan: { name: to.name, term: to.term },
      currency: service.currency,
      priceMinor: old.newNetMinor ?? 0n,
      startsAt: old.termStartsAt,
    },
    now,
    timeZone,
  );
  return { ...draft, dueOn: old.dueOn };
}
