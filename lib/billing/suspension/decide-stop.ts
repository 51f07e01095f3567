import { addCalendarDays, addDays, type CalendarDay } from "@/lib/kernel/calendar";
import type { InvoiceState } from "../invoice/states";
import { heldUntil, payByDay, stopAfter } from "./stop-days";

/** How long before it a suspension or a termination is announced, in days of the billing time zone. */
export const announcedDaysAhead = { suspension: 2, termination: 3 } as const;

/** What is stopped because it was not paid comes no sooner than so long after it was announced. */
export const unpaidNoticeMs = 24 * 3_600_000;
/** An open Checkout lives less than that; it defers a suspension once. */
const deferralMs = 3_600_000;

/** A service that runs or is suspended, and what is known under lock of the term that comes next. */
export interface NextTermFacts {
  readonly state: "active" | "suspended";
  readonly expiresAt: Date;
  readonly suspendedAt: Date | null;
  /** Staff hold the suspension off until then. */
  readonly holdUntil: Date | null;
  /** The customer wants it to end with its term: that is not a suspension. */
  readonly isToEnd: boolean;
  /** Null where that term was not begun to be billed. */
  readonly renewal: {
    readonly state: "due" | "invoiced" | "paid" | "declined" | "lapsed";
    readonly ownGraceDays: number;
    readonly deferredUntil: Date | null;
  } | null;
  /** The invoice that bills it now. */
  readonly invoice: { readonly state: InvoiceState; readonly dueOn: CalendarDay } | null;
  readonly plan: { readonly graceDays: number; readonly terminateDays: number };
  /** Of the billing time zone, the host's: what is stopped is stopped an hour after it. */
  readonly mailHour: number;
  /** When the stage was put into the inbox, once it was handed to mail or recorded as undeliverable. */
  readonly announcedAt: { readonly suspension: Date | null; readonly termination: Date | null };
  /** What is under way that may pay it: a page that waits for the customer, or what only Stripe can tell. */
  readonly paying: "nothing" | "page" | "unsure";
}

export type Stop =
  | { act: "none" }
  /** Its time has come, but a guard holds it: looked at again by the next run. */
  | { act: "wait"; for: "announcement" | "payment" | "checkout" }
  /** An open Checkout defers it, once per term. */
  | { act: "defer"; until: Date }
  | { act: "suspend" }
  | { act: "terminate" };

/**
 * When the service is suspended if nothing happens until then; null where nothing suspends it. Only what was billed and
 * is past grace, or declined and expired, is ever suspended (domain.md, Renewing, "Never suspend unless").
 */
export function suspendsAt(term: NextTermFacts, timeZone: string): Date | null {
  const { renewal, mailHour, expiresAt } = term;
  if (term.state !== "active" || term.isToEnd || !renewal) return null;
  const held = heldOf(term, timeZone);
  if (renewal.state === "declined") return latest(expiresAt, held);
  const lastDay = payBy(term);
  return lastDay && latest(expiresAt, stopAfter(lastDay, mailHour, timeZone), held);
}

/** The last day on which what is owed for its next term can be paid before it is suspended; null where nothing is owed. */
export function payBy({ renewal, invoice, plan }: NextTermFacts): CalendarDay | null {
  if (renewal?.state !== "invoiced" || !invoice || !isUnpaid(invoice.state)) return null;
  return payByDay(invoice.dueOn, { ...plan, ownGraceDays: renewal.ownGraceDays });
}

/** Who put a suspension off: staff of the host, or the customer, who gave themselves days. */
export type PutOffBy = "host" | "customer";

/** Who put its suspension off, the one who did so longer; null where nobody did, or it is not to come. */
export function suspensionPutOffBy(term: NextTermFacts, timeZone: string): PutOffBy | null {
  const at = suspendsAt(term, timeZone);
  if (!at) return null;
  if (at > (suspendsAt({ ...term, holdUntil: null }, timeZone) ?? at)) return "host";
  return term.renewal?.state === "invoiced" && term.renewal.ownGraceDays > 0 ? "customer" : null;
}

/**
 * When a suspended service is terminated if nothing happens until then; null where nothing terminates it. Never before it
 * was suspended for as many full days as its plan says.
 */
export function terminatesAt(term: NextTermFacts, timeZone: string): Date | null {
  const { renewal, suspendedAt, mailHour } = term;
  if (term.state !== "suspended" || !suspendedAt || !renewal) return null;
  const { terminateDays } = term.plan;
  const earliest = addDays(suspendedAt, terminateDays, timeZone);
  const held = heldOf(term, timeZone);
  if (renewal.state === "declined") return latest(earliest, held);
  const lastDay = payBy(term);
  if (!lastDay) return null;
  return latest(earliest, stopAfter(addCalendarDays(lastDay, terminateDays), mailHour, timeZone), held);
}

function heldOf({ holdUntil, mailHour }: NextTermFacts, timeZone: string): Date | null {
  return holdUntil && heldUntil(holdUntil, mailHour, timeZone);
}

/** What becomes of the service now: nothing, or the one step whose time has come and that no guard holds. Pure. */
export function decideStop(term: NextTermFacts, now: Date, timeZone: string): Stop {
  const suspension = suspendsAt(term, timeZone);
  if (suspension) return suspension <= now ? suspend(term, now) : { act: "none" };
  const termination = terminatesAt(term, timeZone);
  if (!termination || termination > now) return { act: "none" };
  if (!wasAnnounced(term, now)) return { act: "wait", for: "announcement" };
  return term.paying === "nothing" ? { act: "terminate" } : { act: "wait", for: "payment" };
}

/**
 * The instant that an announcement names which is made now: `at`, or later where that would leave no time to act, as after a
 * pause of the jobs. Pure.
 */
export function announcedFor(at: Date, term: NextTermFacts, now: Date): Date {
  return latest(at, new Date(now.getTime() + noticeMsOf(term)));
}

function wasAnnounced(term: NextTermFacts, now: Date): boolean {
  const { suspension, termination } = term.announcedAt;
  const announced = term.state === "active" ? suspension : termination;
  return announced !== null && announced.getTime() + noticeMsOf(term) <= now.getTime();
}

/** Whoever declined a renewal knows that it is suspended at its expiry. */
function noticeMsOf({ state, renewal }: NextTermFacts): number {
  return state === "active" && renewal?.state === "declined" ? 0 : unpaidNoticeMs;
}

function suspend(term: NextTermFacts, now: Date): Stop {
  const { renewal, paying } = term;
  if (!wasAnnounced(term, now)) return { act: "wait", for: "announcement" };
  if (paying === "unsure") return { act: "wait", for: "payment" };
  if (paying === "nothing") return { act: "suspend" };
  const until = renewal?.deferredUntil ?? null;
  if (until === null) return { act: "defer", until: new Date(now.getTime() + deferralMs) };
  return until > now ? { act: "wait", for: "checkout" } : { act: "suspend" };
}

/** Written off, it is still not paid. */
function isUnpaid(state: InvoiceState): boolean {
  return state === "open" || state === "written_off";
}

function latest(...instants: (Date | null)[]): Date {
  return new Date(Math.max(...instants.flatMap((instant) => instant?.getTime() ?? [])));
}
