import { cardAnnouncedDaysAhead } from "@/lib/billing/reminder/card-expiry";
import { dueStages, lowStages } from "@/lib/billing/reminder/stages";
import { announcedDaysAhead } from "@/lib/billing/suspension/decide-stop";

/**
 * On which days each kind of reminder goes out, as the jobs go by: days from due, from the suspension, the termination or a
 * card's last day.
 */
export const reminderStages = [
  { kind: "invoice_due", stages: dueStages },
  { kind: "balance_low", stages: lowStages },
  { kind: "suspension_ahead", stages: [-announcedDaysAhead.suspension] },
  { kind: "termination_ahead", stages: [-announcedDaysAhead.termination] },
  { kind: "card_expiring", stages: [-cardAnnouncedDaysAhead] },
] as const;
