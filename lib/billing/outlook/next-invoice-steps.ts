import { addCalendarDays, type CalendarDay, calendarDay, startOfDay } from "@/lib/kernel/calendar";
import { nextChargeAt } from "../auto-pay/schedule";
import { daysFromDue } from "../invoice/days-from-due";
import { stageToSend } from "../reminder/stages";
import type { PutOffBy } from "../suspension/decide-stop";
import { orderVoidAt } from "../suspension/order-void-days";

/** An open invoice that no payment is paying, as far as what happens to it next goes. */
export interface WaitingInvoice {
  readonly origin: "order" | "renewal" | "manual";
  readonly dueOn: CalendarDay;
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
  /** The last day on which it can be paid before the first of its services is suspended; null where none is. */
  readonly payBy: CalendarDay | null;
  /** When the first of its services is suspended if nothing happens; null where none is. */
  readonly suspendsAt: Date | null;
  /** Who put that off; null where nobody did. */
  readonly putOffBy: PutOffBy | null;
}

export interface InvoiceStep {
  kind: "remind" | "charge" | "due" | "payBy" | "suspend" | "void";
  at: Date;
  /** Of a suspension that is later than it would be, who put it off. */
  putOffBy?: PutOffBy;
}

/**
 * What happens to an open invoice next and when, in order, if nobody does anything: the next reminder, the day on which the
 * card is charged, the day it is due, the last day of grace, the suspension of what it renews, and the end of an order that nobody pays. From the rules
 * that the jobs go by (domain.md, Reminding, Renewing, Cancelling). Pure.
 */
export function nextInvoiceSteps(invoice: WaitingInvoice, now: Date, timeZone: string): InvoiceStep[] {
  const { origin, dueOn, hasAutoPay, payBy, suspendsAt, putOffBy } = invoice;
  const today = daysFromDue(dueOn, now, timeZone);
  const onDay = (day: number) => {
    const at = startOfDay(addCalendarDays(dueOn, day), timeZone);
    return at > now ? at : now;
  };
  const chargeAt = hasAutoPay ? nextChargeAt(dueOn, now, timeZone) : null;
  const remindDay = nextReminderDay(invoice, today);
  const steps: (InvoiceStep | null)[] = [
    remindDay === null ? null : { kind: "remind", at: onDay(remindDay) },
    chargeAt && { kind: "charge", at: chargeAt },
    today > 0 ? null : { kind: "due", at: startOfDay(dueOn, timeZone) },
    payBy && payBy >= calendarDay(now, timeZone) ? { kind: "payBy", at: startOfDay(payBy, timeZone) } : null,
    suspendsAt && { kind: "suspend", at: laterOf(suspendsAt, now), ...(putOffBy && { putOffBy }) },
    origin === "order" ? { kind: "void", at: orderVoidAt(dueOn, { now, timeZone }) } : null,
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
