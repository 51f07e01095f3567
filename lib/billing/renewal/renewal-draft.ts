import { type CalendarDay, type TermLength, termEnd } from "@/lib/kernel/calendar";
import type { PlanId, RenewalId, ServiceId } from "@/lib/kernel/id";
import { type Currency, money } from "@/lib/kernel/money";
import type { InvoiceDraft } from "../invoice/draft";
import { renewalDueOn } from "./renewal-days";

export interface NextTerm {
  renewalId: RenewalId;
  service: { id: ServiceId; planId: PlanId; label: string; anchorDay: number };
  plan: { name: string; term: TermLength };
  currency: Currency;
  /** Net, minor units: that of the term's start date. */
  priceMinor: bigint;
  startsAt: Date;
  /** The first due day of one that its customer declined and put back; any other is due as at its issue. */
  dueOn?: CalendarDay | null;
}

/** What bills a service's next term: its dates fixed and printed, due at expiry. Pure. */
export function renewalDraft(next: NextTerm, now: Date, timeZone: string): InvoiceDraft {
  const { service, plan, currency, startsAt } = next;
  return {
    origin: "renewal",
    currency,
    summary: service.label,
    dueOn: next.dueOn ?? renewalDueOn(startsAt, now, timeZone),
    lines: [
      {
        kind: "renewal",
        description: `${service.label}: ${plan.name}`,
        quantity: 1,
        unit: money(next.priceMinor, currency),
        service: { id: service.id, planId: service.planId, term: plan.term },
        renewal: {
          id: next.renewalId,
          startsAt,
          endsAt: termEnd(startsAt, plan.term, service.anchorDay, timeZone),
        },
      },
    ],
  };
}
