import { calendarDay } from "@/lib/kernel/calendar";
import { manualClock } from "@/lib/kernel/clock";
import type { PaymentId } from "@/lib/kernel/id";
import type { Currency, Money } from "@/lib/kernel/money";
import { money } from "@/lib/kernel/money";
import { type InvoiceDraft, type LineDraft, priceInvoice } from "../invoice/draft";
import { ownRates } from "../invoice/tax-rule";
import type { ServiceState } from "../service/states";
import type { DisputedTermMoney, OpenRenewal, PlanChangeScene } from "./plan-change-scene";
import { type CreditSource, creditParts, netOf, prorate, type TermChange } from "./prorate";
import { renewalDraft } from "./renewal-draft";

/** From the next term that is not paid, or from today with proration. */
export type PlanChangeWay = "next_term" | "at_once";

export type PlanChangeRefusal =
  | { code: "not_allowed" }
  | { code: "service_not_found" }
  /** Only what runs has a plan to change. */
  | { code: "service_not_running"; state: ServiceState }
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
  /** Given back, from which invoices. */
  credits: CreditSource[];
  /** Bills what the new plan costs more. Terms that cost less are in the credits. */
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
  const credits = creditsOf(scene, changes);
  if (!credits) return { ok: false, refusal: { code: "nothing_to_credit" } };
  const dearer = changes.filter((change) => netOf(change) > 0n);
  const invoice = dearer.length > 0 ? changeInvoice(scene, dearer, now, timeZone) : null;
  const decided: DecidedPlanChange = {
    way,
    startsAt: way === "at_once" ? now : (service.expiresAt ?? now),
    changes,
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
export function keptOf(disputed: readonly DisputedTermMoney[], credits: readonly CreditSource[]): bigint {
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

/** Term by term from what paid for it, put together by invoice. */
function creditsOf(scene: PlanChangeScene, changes: readonly TermChange[]): CreditSource[] | null {
  const taken = new Map<string, CreditSource>();
  for (const change of changes) {
    const netMinor = netOf(change);
    if (netMinor >= 0n) continue;
    const term = scene.terms.find(({ termId }) => termId === change.term.termId);
    const sources = (term?.sources ?? []).map((source) => ({
      invoiceId: source.invoiceId,
      netMinor: source.netMinor - (taken.get(source.invoiceId)?.netMinor ?? 0n),
      taxMinor: source.taxMinor - (taken.get(source.invoiceId)?.taxMinor ?? 0n),
    }));
    const parts = creditParts(-netMinor, change.term.taxRatePpm, sources);
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

/** Two lines for each term: its rest at the old price taken back, and at the new one. */
function changeInvoice(
  scene: PlanChangeScene,
  dearer: readonly TermChange[],
  now: Date,
  timeZone: string,
): InvoiceDraft {
  const { service, from, to } = scene;
  return {
    origin: "manual",
    currency: service.currency,
    summary: `${service.label}: ${from.name} → ${to.name}`,
    dueOn: calendarDay(now, timeZone),
    lines: dearer.flatMap((change): LineDraft[] => {
      const rest = `${change.remainingDays}/${change.termDays}`;
      const { startsAt, endsAt, taxRatePpm } = change.term;
      const period = { startsAt: startsAt > now ? startsAt : now, endsAt };
      const line = { kind: "other" as const, quantity: 1, taxRatePpm, period };
      const { credited } = change;
      return [
        {
          ...line,
          description: `${service.label}: ${to.name} (${rest})`,
          unit: change.charged,
        },
        ...(credited.minor === 0n
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
