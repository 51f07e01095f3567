import { addCalendarDays, addDays, type CalendarDay, calendarDay, startOfDay } from "@/lib/kernel/calendar";
import type { ServiceState } from "../service/states";
import { orderVoidAt } from "../suspension/order-void-days";
import { dayBefore, heldUntil, payByDay, stopAfter } from "../suspension/stop-days";
import { nextIssue } from "./renewal-days";

/** A service, as far as what happens to it next goes. */
export interface SteppingService {
  state: ServiceState;
  expiresAt: Date | null;
  /** It ends with its last paid term, on the customer's wish. */
  isEnding: boolean;
  /** On which day the open order that it waits for is due. */
  orderDueOn?: CalendarDay | null;
  plan: { leadDays: number; graceDays: number; terminateDays: number };
  /** Of the billing time zone, the host's: what is stopped is stopped an hour after it. */
  mailHour: number;
  /** The renewal that begins at its expiry, if there is one. */
  renewal: {
    state: "due" | "invoiced" | "paid" | "declined" | "lapsed";
    /** Of its invoice, or kept from the one that its customer declined; null where it is due as at its issue. */
    dueOn: CalendarDay | null;
    /** Days that the customer gave themselves. */
    ownGraceDays?: number;
  } | null;
  suspendedAt: Date | null;
  /** Staff hold the suspension off until then. */
  holdUntil?: Date | null;
  /** What auto-pay charges for its next renewal. */
  charge?: PlannedCharge | null;
}

/** A saved card that auto-pay charges, and when. */
export interface PlannedCharge {
  at: Date;
  card: { brand: string; last4: string };
}

export interface NextStep {
  kind: "issue" | "due" | "payBy" | "end" | "suspend" | "terminate" | "void" | "charge";
  at: Date;
  /** Of a charge. */
  card?: PlannedCharge["card"];
  /** Of a suspension that is later than it would be, who put it off: staff of the host, or the customer. */
  putOffBy?: "host" | "customer";
}

/**
 * What happens to a service next and when, in order, if nobody does anything: the invoice of its next term, the day on
 * which a card is charged for it, the day it is due, then grace, suspension and termination (domain.md, Renewing, "After
 * due"; Cancelling: declined, it is suspended at its expiry without grace, and an order that nobody pays is given up). From
 * the rules that the jobs go by. Pure.
 */
export function nextSteps(service: SteppingService, now: Date, timeZone: string): NextStep[] {
  const steps = stepsOf(service, now, timeZone);
  const { charge } = service;
  if (!charge || steps.length === 0) return steps;
  return [{ kind: "charge" as const, ...charge }, ...steps].sort((a, b) => a.at.getTime() - b.at.getTime());
}

function stepsOf(service: SteppingService, now: Date, timeZone: string): NextStep[] {
  const { state, expiresAt, isEnding, orderDueOn } = service;
  if (state === "pending" && orderDueOn) {
    const due = dueStep(orderDueOn, now, timeZone);
    return [...due, { kind: "void", at: orderVoidAt(orderDueOn, { now, timeZone }) }];
  }
  if (!expiresAt || (state !== "active" && state !== "suspended")) return [];
  if (isEnding) return [{ kind: "end", at: expiresAt }];
  const stop = suspensionOf(service, expiresAt, now, timeZone);
  if (state === "suspended") return [{ kind: "terminate", at: terminationOf(service, stop, timeZone) }];
  const { steps, at, putOffBy, lastDay } = stop;
  const payBy = lastDay && dayBefore(at, timeZone);
  return [
    ...steps,
    ...(payBy && payBy >= calendarDay(now, timeZone)
      ? [{ kind: "payBy" as const, at: startOfDay(payBy, timeZone) }]
      : []),
    { kind: "suspend", at, ...(putOffBy && { putOffBy }) },
    { kind: "terminate", at: terminationOf({ ...service, suspendedAt: at }, stop, timeZone) },
  ];
}

interface StoppingStep {
  /** The steps up to it. */
  steps: NextStep[];
  at: Date;
  putOffBy: NextStep["putOffBy"];
  /** The last day of grace; null where there is nothing to pay. */
  lastDay: CalendarDay | null;
}

/** The steps up to the suspension, and when that is. */
function suspensionOf(
  { plan, renewal, holdUntil, mailHour }: SteppingService,
  expiresAt: Date,
  now: Date,
  timeZone: string,
): StoppingStep {
  const hold = holdUntil && heldUntil(holdUntil, mailHour, timeZone);
  const held = (at: Date, otherwise?: "customer") => {
    const then = later(at, hold);
    return { at: then, putOffBy: then > at ? ("host" as const) : otherwise };
  };
  if (renewal?.state === "declined" || renewal?.state === "lapsed") {
    return { steps: [], ...held(expiresAt), lastDay: null };
  }
  const isBilled = renewal?.state === "invoiced" && renewal.dueOn !== null;
  const issue = nextIssue({ startsAt: expiresAt, leadDays: plan.leadDays }, now, timeZone);
  const dueOn = renewal?.dueOn ?? issue.dueOn;
  const due = dueStep(dueOn, now, timeZone);
  const ownGraceDays = renewal?.ownGraceDays ?? 0;
  const lastDay = payByDay(dueOn, { ...plan, ownGraceDays });
  const at = later(stopAfter(lastDay, mailHour, timeZone), expiresAt);
  return {
    steps: isBilled ? due : [{ kind: "issue", at: issue.at }, ...due],
    ...held(at, ownGraceDays > 0 ? "customer" : undefined),
    lastDay,
  };
}

function terminationOf(
  { plan, suspendedAt, holdUntil, mailHour }: SteppingService,
  stop: StoppingStep,
  timeZone: string,
): Date {
  const { terminateDays } = plan;
  const earliest = addDays(suspendedAt ?? stop.at, terminateDays, timeZone);
  const at = later(earliest, holdUntil && heldUntil(holdUntil, mailHour, timeZone));
  if (!stop.lastDay) return at;
  return later(at, stopAfter(addCalendarDays(stop.lastDay, terminateDays), mailHour, timeZone));
}

/** Nothing once the day is over: it is past due then. */
function dueStep(dueOn: CalendarDay, now: Date, timeZone: string): NextStep[] {
  return dueOn < calendarDay(now, timeZone) ? [] : [{ kind: "due", at: startOfDay(dueOn, timeZone) }];
}

function later(at: Date, other: Date | null | undefined): Date {
  return other && other > at ? other : at;
}
