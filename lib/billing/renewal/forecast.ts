import { addDays, type CalendarDay, type TermLength } from "@/lib/kernel/calendar";
import { type ManualClock, manualClock } from "@/lib/kernel/clock";
import type { CustomerId, InvoiceId, ServiceId } from "@/lib/kernel/id";
import type { Currency } from "@/lib/kernel/money";
import { Decision, remainingMinor } from "../decision";
import { byDue } from "../invoice/days-from-due";
import type { TaxRule } from "../invoice/tax-rule";
import { isAutoRenew, settleWaiting, waitingInOrder } from "../payment/balance-payment";
import type { BegunService, InvoiceRecord, LineRecord } from "../scene";
import { decideRenewals } from "./decide-renewals";
import type { DueService } from "./due-services";
import { renewalIssueAt } from "./renewal-days";
import { type ListPrice, priceOfTerm } from "./term-prices";

/** A service that runs, with what its next terms cost. */
export interface ForecastService {
  service: BegunService;
  plan: { name: string; term: TermLength; leadDays: number };
  /** Net, minor units, from an instant on; of the service's currency. */
  prices: readonly ListPrice[];
  /** Starts of terms that the run leaves alone: billed already, declined, or lapsed. */
  closedTerms: readonly Date[];
  /** The first due day of its next renewal, where its customer declined that and put it back. */
  dueOn?: CalendarDay | null;
  /** The run passes it by: it ends with its term, or staff have been asked about it. */
  isPassedBy: boolean;
}

/** What a customer has in one currency, as it is now. */
export interface ForecastScene {
  customerId: CustomerId;
  now: Date;
  timeZone: string;
  currency: Currency;
  /** Posted, less held and less debt. */
  availableMinor: bigint;
  /** All that run, and all that an open invoice is for. */
  services: readonly ForecastService[];
  /** Open invoices of renewals, with their lines. */
  invoices: readonly InvoiceRecord[];
  lines: readonly LineRecord[];
  tax: TaxRule;
  horizonDays?: number;
  /** How often the run comes by; what waits for it is done one pass after the other. */
  runEveryMs?: number;
}

/** A renewal that the balance pays, or does not reach for. Minor units, with tax. */
export interface ForecastEvent {
  serviceIds: ServiceId[];
  summary: string;
  /** Null where it is not issued yet. */
  invoiceId: InvoiceId | null;
  /** When it is issued and tried. */
  at: Date;
  dueOn: CalendarDay;
  amountMinor: bigint;
  isCovered: boolean;
  /** What a top-up would have to be, with earlier unpaid ones of the same services; 0 where it is covered. */
  shortMinor: bigint;
  availableAfterMinor: bigint;
}

export interface Forecast {
  until: Date;
  /** In the order in which they are tried. */
  events: ForecastEvent[];
  /** The first that is not covered; null if all are. */
  firstShort: ForecastEvent | null;
}

export const forecastDays = 60;

const dayMs = 86_400_000;

/**
 * What the renewal run and the try of the balance beside it will do in the next days, if nothing else happens: no money
 * arrives, nobody pays or switches anything. Each service that renews by itself is billed when it is due, and the balance
 * pays what it covers in full, oldest due first; a service that is short is not billed further. Pure: it plays the run's
 * own decisions (`decideRenewals`, `settleWaiting`) in memory, one instant after the other.
 */
export function forecastRenewals(scene: ForecastScene): Forecast {
  const { now, timeZone, horizonDays = forecastDays, runEveryMs = 60_000 } = scene;
  const until = addDays(now, horizonDays, timeZone);
  const play = new Play(scene, until);
  const events = [...play.run(now), ...play.settle(now)];
  const nextAfter = (at: Date) => play.nextDue(new Date(at.getTime() + runEveryMs));
  for (let at = nextAfter(now); at && at <= until; at = nextAfter(at)) events.push(...play.run(at));
  return { until, events, firstShort: events.find(({ isCovered }) => !isCovered) ?? null };
}

/** What a top-up now has to be so that nothing is short within the forecast's days. Minor units; 0 if nothing is. */
export function missingMinor(scene: ForecastScene): bigint {
  const plenty = 10n ** 15n;
  const { events } = forecastRenewals({ ...scene, availableMinor: plenty });
  const needed = events.reduce((total, { amountMinor }) => total + amountMinor, 0n);
  return needed > scene.availableMinor ? needed - scene.availableMinor : 0n;
}

/** A service on its way through the days. */
interface Running extends ForecastService {
  /** When the run bills its next term; null where it is not billed any more. */
  billAt: Date | null;
}

/** The world as far as the run looks at it, moved on from one instant to the next. */
class Play {
  private readonly services: Map<ServiceId, Running>;
  private readonly clock: ManualClock;
  private availableMinor: bigint;
  /** Of each service, what is unpaid. */
  private readonly unpaidMinor = new Map<ServiceId, bigint>();

  constructor(
    private readonly scene: ForecastScene,
    private readonly until: Date,
  ) {
    this.clock = manualClock(scene.now);
    this.availableMinor = scene.availableMinor > 0n ? scene.availableMinor : 0n;
    this.services = new Map(scene.services.map((one) => [one.service.id, { ...one, billAt: null }]));
    for (const one of this.services.values()) one.billAt = this.billAtOf(one);
  }

  /** The first pass of the run, at that instant or later, that finds something; null if there is none. */
  nextDue(earliest: Date): Date | null {
    let next: Date | null = null;
    for (const { billAt } of this.services.values()) if (billAt && (!next || billAt < next)) next = billAt;
    return next && next < earliest ? earliest : next;
  }

  /** One pass: what is due is billed, and paid or short. */
  run(at: Date): ForecastEvent[] {
    const due = [...this.services.values()]
      .filter(({ billAt }) => billAt && billAt <= at)
      .sort((a, b) => (a.service.id < b.service.id ? -1 : 1));
    const decision = this.decisionAt(at);
    const billed = due.flatMap((one) => dueServiceOf(this.scene, one) ?? []);
    const { issued } = decideRenewals(decision, billed, this.scene.tax);
    const invoices = issued
      .map(({ id }) => decision.invoice(id))
      .filter((invoice) => invoice !== undefined)
      .sort(byDue);
    // This term is not billed again, whether it was paid, is short, or has no price.
    for (const one of due) {
      one.closedTerms = [...one.closedTerms, one.service.expiresAt];
      one.billAt = null;
    }
    return this.follow(decision, at, invoices, false);
  }

  /** The try of the balance for what is open already. */
  settle(at: Date): ForecastEvent[] {
    const { currency, invoices, lines } = this.scene;
    const decision = this.decisionAt(at);
    const services = [...this.services.values()].map(({ service }) => service);
    decision.see({ invoices, lines, services });
    const waiting = waitingInOrder(decision, currency, []);
    settleWaiting(decision, currency, []);
    return this.follow(decision, at, waiting, true);
  }

  /** Takes over what a decision came to. */
  private follow(
    decision: Decision,
    at: Date,
    invoices: readonly InvoiceRecord[],
    isIssued: boolean,
  ): ForecastEvent[] {
    this.availableMinor = decision.book(this.scene.currency).availableMinor;
    for (const one of this.services.values()) {
      const service = decision.service(one.service.id);
      if (!service?.expiresAt || service === one.service) continue;
      one.dueOn = null;
      one.service = { ...service, expiresAt: service.expiresAt, anchorDay: one.service.anchorDay };
      one.billAt = this.billAtOf(one);
    }
    return invoices
      .filter(({ id }) => isAutoRenew(decision, id))
      .map((invoice) => this.eventOf(decision, at, invoice, isIssued));
  }

  private eventOf(decision: Decision, at: Date, invoice: InvoiceRecord, isIssued: boolean): ForecastEvent {
    const serviceIds = [...new Set(decision.linesOf(invoice.id).map(({ serviceId }) => serviceId))];
    const isCovered = invoice.state === "paid";
    const leftMinor = remainingMinor(invoice);
    let shortMinor = 0n;
    if (!isCovered) {
      const earlier = serviceIds.map((id) => this.unpaidMinor.get(id) ?? 0n);
      shortMinor = earlier.reduce((total, minor) => total + minor, leftMinor) - this.availableMinor;
      for (const id of serviceIds) this.unpaidMinor.set(id, (this.unpaidMinor.get(id) ?? 0n) + leftMinor);
    }
    const known = this.scene.invoices.find(({ id }) => id === invoice.id);
    return {
      serviceIds,
      summary: invoice.summary,
      invoiceId: isIssued ? invoice.id : null,
      at,
      dueOn: invoice.dueOn,
      amountMinor: known ? remainingMinor(known) : invoice.totalMinor,
      isCovered,
      shortMinor,
      availableAfterMinor: this.availableMinor,
    };
  }

  private billAtOf({ service, plan, closedTerms, isPassedBy }: ForecastService): Date | null {
    const { state, isAutoRenew: renews, expiresAt } = service;
    const runs = state === "active" || state === "suspended";
    const isClosed = closedTerms.some((term) => term.getTime() === expiresAt.getTime());
    if (!renews || !runs || isPassedBy || isClosed) return null;
    // What is far beyond the days looked at is not asked for its instant: the calendar costs most of a forecast.
    if (expiresAt.getTime() - (plan.leadDays + 2) * dayMs > this.until.getTime()) return null;
    return renewalIssueAt(expiresAt, plan.leadDays, this.scene.timeZone);
  }

  private decisionAt(at: Date): Decision {
    const { customerId, timeZone, currency } = this.scene;
    this.clock.set(at);
    const context = {
      customerId,
      now: at,
      clock: this.clock,
      timeZone,
      actor: "system",
      userId: null,
    } as const;
    return new Decision(context, [{ currency, postedMinor: this.availableMinor, heldMinor: 0n, seq: 0n }]);
  }
}

/** As the run reads it; null where the plan has no price then, which the run leaves to staff. */
function dueServiceOf(
  scene: ForecastScene,
  { service, plan, prices, dueOn }: ForecastService,
): DueService | null {
  const price = priceOfTerm(prices, service.expiresAt);
  if (!price) return null;
  const { customerId, currency } = scene;
  const { priceMinor } = price;
  return { customerId, service, currency, plan, priceMinor, renewalId: null, dueOn: dueOn ?? null };
}
