import type { CalendarDay } from "@/lib/kernel/calendar";
import { unpaidNoticeMs } from "../suspension/decide-stop";
import { nextSteps, type SteppingService } from "./next-steps";
import { nextIssue } from "./renewal-days";

/** What follows if a declined renewal is put back. */
export interface PutBackOutlook {
  /** When its invoice is issued; null where that is by the next run. */
  issuesAt: Date | null;
  dueOn: CalendarDay;
  /** It stays suspended until its invoice is paid. */
  isSuspended: boolean;
  /** Unpaid, it is suspended then, or terminated where it is suspended; not sooner, as both are announced. */
  stopsAt: Date | null;
}

/**
 * What follows if the declined renewal of a service is put back now, due on the day that it keeps, or as at its issue where
 * it keeps none; null where there is none to put back. By the rules that the jobs go by. Pure.
 */
export function putBackOutlook(
  service: SteppingService,
  keptDueOn: CalendarDay | null,
  now: Date,
  timeZone: string,
): PutBackOutlook | null {
  const { state, expiresAt, isEnding, renewal, plan } = service;
  const isRunning = state === "active" || state === "suspended";
  if (!isRunning || !expiresAt || isEnding || renewal?.state !== "declined") return null;
  const issue = nextIssue({ startsAt: expiresAt, leadDays: plan.leadDays }, now, timeZone);
  const isSuspended = state === "suspended";
  const dueOn = keptDueOn ?? issue.dueOn;
  const again = { ...service, charge: null, renewal: { ...renewal, state: "due" as const, dueOn } };
  const stop = nextSteps(again, now, timeZone).find(
    ({ kind }) => kind === (isSuspended ? "terminate" : "suspend"),
  );
  const noticed = now.getTime() + unpaidNoticeMs;
  return {
    issuesAt: issue.isAhead ? issue.at : null,
    dueOn,
    isSuspended,
    stopsAt: stop ? new Date(Math.max(stop.at.getTime(), noticed)) : null,
  };
}
