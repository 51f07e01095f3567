import { addDays } from "@/lib/kernel/calendar";
import type { ServiceState } from "../service/states";
import { orderVoidAt } from "../suspension/order-void-days";
import { renewalDueAt, renewalIssueAt } from "./renewal-days";

/** A service, as far as what happens to it next goes. */
export interface SteppingService {
  state: ServiceState;
  expiresAt: Date | null;
  /** It ends with its last paid term, on the customer's wish. */
  isEnding: boolean;
  /** When the open order that it waits for is due. */
  orderDueAt?: Date | null;
  plan: { leadDays: number; graceDays: number; terminateDays: number };
  /** The renewal that begins at its expiry, if there is one. */
  renewal: {
    state: "due" | "invoiced" | "paid" | "declined" | "lapsed";
    dueAt: Date | null;
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
  kind: "issue" | "due" | "end" | "suspend" | "terminate" | "void" | "charge";
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
  const { state, expiresAt, isEnding, plan, orderDueAt } = service;
  if (state === "pending" && orderDueAt) {
    const due: NextStep[] = orderDueAt > now ? [{ kind: "due", at: orderDueAt }] : [];
    return [...due, { kind: "void", at: orderVoidAt(orderDueAt, { now, timeZone }) }];
  }
  if (!expiresAt || (state !== "active" && state !== "suspended")) return [];
  if (isEnding) return [{ kind: "end", at: expiresAt }];
  if (state === "suspended") {
    const from = service.suspendedAt ?? suspensionOf(service, expiresAt, now, timeZone).at;
    const at = later(addDays(from, plan.terminateDays, timeZone), service.holdUntil);
    return [{ kind: "terminate", at }];
  }
  const { steps, at, putOffBy } = suspensionOf(service, expiresAt, now, timeZone);
  return [
    ...steps,
    { kind: "suspend", at, ...(putOffBy && { putOffBy }) },
    { kind: "terminate", at: addDays(at, plan.terminateDays, timeZone) },
  ];
}

/** The steps up to the suspension, and when that is. */
function suspensionOf(
  { plan, renewal, holdUntil }: SteppingService,
  expiresAt: Date,
  now: Date,
  timeZone: string,
): { steps: NextStep[]; at: Date; putOffBy: NextStep["putOffBy"] } {
  const held = (at: Date, otherwise?: "customer") => {
    const then = later(at, holdUntil);
    return { at: then, putOffBy: then > at ? ("host" as const) : otherwise };
  };
  if (renewal?.state === "declined" || renewal?.state === "lapsed") {
    return { steps: [], ...held(expiresAt) };
  }
  const isBilled = renewal?.state === "invoiced" && renewal.dueAt !== null;
  const planned = renewalIssueAt(expiresAt, plan.leadDays, timeZone);
  // What should have been issued is issued by the next pass of the run.
  const issueAt = planned > now ? planned : now;
  const dueAt = isBilled && renewal.dueAt ? renewal.dueAt : renewalDueAt(expiresAt, issueAt, timeZone);
  const due: NextStep = { kind: "due", at: dueAt };
  const steps: NextStep[] = isBilled ? [due] : [{ kind: "issue", at: issueAt }, due];
  const ownDays = renewal?.ownGraceDays ?? 0;
  const at = addDays(dueAt, plan.graceDays + ownDays, timeZone);
  return { steps, ...held(at, ownDays > 0 ? "customer" : undefined) };
}

function later(at: Date, other: Date | null | undefined): Date {
  return other && other > at ? other : at;
}
