import { addCalendarDays, calendarDay, startOfDay } from "@/lib/kernel/calendar";
import { nextChargeAt } from "../auto-pay/schedule";
import { daysFromDue } from "../invoice/days-from-due";
import { stageToSend } from "../reminder/stages";
import type { PutOffBy } from "../suspension/decide-stop";
import { orderVoidAt } from "../suspension/order-void-days";

/** An open invoice that no payment is paying, as far as what happens to it next goes. */
export interface WaitingInvoice {
  readonly origin: "order" | "renewal" | "manual";
  readonly dueAt: Date;
  /** It has only renewals of services that renew by themselves. */
  readonly isAutoRenew: boolean;
  /** Auto-pay is on with a card that can be charged, and the invoice is one that it charges. */
  readonly hasAutoPay: boolean;
  /** A card will be charged before it is due, so that nobody is reminded of it. */
  readonly isCharged: boolean;
  readonly lastDue: number | null;
  readonly lastLow: number | null;
  /** Days from due on which it is reminded of, ascending. */
  readonly stages: readonly number[];
  /** When the first of its services is suspended if nothing happens; null where none is. */
  readonly suspendsAt: Date | null;
  /** Who put that off; null where nobody did. */
  readonly putOffBy: PutOffBy | null;
}

export interface InvoiceStep {
  kind: "remind" | "charge" | "due" | "suspend" | "void";
  at: Date;
  /** Of a suspension that is later than it would be, who put it off. */
  putOffBy?: PutOffBy;
}

/**
 * What happens to an open invoice next and when, in order, if nobody does anything: the next reminder, the day on which the
 * card is charged, the due date, the suspension of what it renews, and the end of an order that nobody pays. From the rules
 * that the jobs go by (domain.md, Reminding, Renewing, Cancelling). Pure.
 */
export function nextInvoiceSteps(invoice: WaitingInvoice, now: Date, timeZone: string): InvoiceStep[] {
  const { origin, dueAt, hasAutoPay, suspendsAt, putOffBy } = invoice;
  const today = daysFromDue(dueAt, now, timeZone);
  const onDay = (day: number) => {
    const at = startOfDay(addCalendarDays(calendarDay(dueAt, timeZone), day), timeZone);
    return at > now ? at : now;
  };
  const chargeAt = hasAutoPay ? nextChargeAt(dueAt, now, timeZone) : null;
  const remindDay = nextReminderDay(invoice, today);
  const steps: (InvoiceStep | null)[] = [
    remindDay === null ? null : { kind: "remind", at: onDay(remindDay) },
    chargeAt && { kind: "charge", at: chargeAt },
    dueAt > now ? { kind: "due", at: dueAt } : null,
    suspendsAt && { kind: "suspend", at: laterOf(suspendsAt, now), ...(putOffBy && { putOffBy }) },
    origin === "order" ? { kind: "void", at: orderVoidAt(dueAt, { now, timeZone }) } : null,
  ];
  return steps.filter((step) => step !== null).sort((a, b) => a.at.getTime() - b.at.getTime());
}

/** In days from due, today included; null where nobody is reminded of it any more, or a card is charged instead. */
function nextReminderDay(invoice: WaitingInvoice, today: number): number | null {
  const { stages } = invoice;
  const last = stages.at(-1) ?? 0;
  const first = stages[0] ?? 0;
  for (let day = Math.max(today, first); day <= Math.max(today, last); day += 1) {
    if (stageToSend({ ...invoice, daysFromDue: day })) return day;
  }
  return null;
}

function laterOf(at: Date, other: Date): Date {
  return at > other ? at : other;
}
