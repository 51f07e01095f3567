import { announcedDaysAhead } from "@/lib/billing/suspension/decide-stop";

/**
 * On which days each kind of reminder goes out, by the days of the host or of a plan: days from due, from the suspension or
 * the termination.
 */
export function reminderStages(days: readonly number[]) {
  return [
    { kind: "invoice_due", stages: days },
    { kind: "suspension_ahead", stages: [-announcedDaysAhead.suspension] },
    { kind: "termination_ahead", stages: [-announcedDaysAhead.termination] },
  ] as const;
}
