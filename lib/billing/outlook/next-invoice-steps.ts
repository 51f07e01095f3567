import { addCalendarDays, atHour, type CalendarDay, calendarDay, startOfDay } from "@/lib/kernel/calendar";
import { nextChargeAt } from "../auto-pay/schedule";
import { daysFromDue } from "../invoice/days-from-due";
import { toTell } from "../reminder/stages";
import type { PutOffBy } from "../suspension/decide-stop";
import { orderVoidAt } from "../suspension/order-void-days";

/** An open invoice that no payment is paying, as far as what happens to it next goes. */
export interface WaitingInvoice {
  readonly origin: "order" | "renewal" | "manual";
  readonly dueOn: CalendarDay;
  /** Auto-pay is on with a card that can be charged, and the invoice is one that it charges. */
  readonly hasAutoPay: boolean;
  /** A card will be charged before it is due, so that nobody is reminded of it. */
  readonly isCharged: boolean;
  /** On which day from due its customer was told that it was issued; null if they were not. */
  readonly issueTold: number | null;
  readonly lastDue: number | null;
  /** Of the billing time zone: at this hour customers are reminded. */
  readonly mailHour: number;
  /** Days from due on which it is reminded of, ascending. */
  readonly stages: readonly number[];
  /** The last day on which it can be paid before the first of its services is suspended; null where none is. */
  readonly payBy: CalendarDay | null;
  /** When the first of its services is suspended if nothing happens; null where none is. */
  readonly suspendsAt: Date | null;
  /** When the first of its services is deleted permanently if nothing happens; null where none is. */
  readonly terminatesAt: Date | null;
  /** Who put the suspension off; null where nobody did. */
  readonly putOffBy: PutOffBy | null;
}

export interface InvoiceStep {
  kind: "remind" | "charge" | "due" | "payBy" | "suspend" | "terminate" | "void";
  at: Date;
  /** Of a suspension that is later than it would be, who put it off. */
  putOffBy?: PutOffBy;
}

/**
 * What happens to an open invoice next and when, in order, if nobody does anything: the next reminder, the day on which the
 * card is charged, the day it is due, the last day of grace, the suspension and the deletion of what it renews, and the end of
 * an order that nobody pays. From the rules that the jobs go by (domain.md, Reminding, Renewing, Cancelling). Pure.
 */
export function nextInvoiceSteps(invoice: WaitingInvoice, now: Date, timeZone: string): InvoiceStep[] {
  const { origin, dueOn, hasAutoPay, payBy, suspendsAt, terminatesAt, putOffBy } = invoice;
  const today = daysFromDue(dueOn, now, timeZone);
  const chargeAt = hasAutoPay ? nextChargeAt(dueOn, now, timeZone) : null;
  const remindAt = nextReminderAt(invoice, today, now, timeZone);
  const steps: (InvoiceStep | null)[] = [
    remindAt && { kind: "remind", at: remindAt },
    chargeAt && { kind: "charge", at: chargeAt },
    today > 0 ? null : { kind: "due", at: startOfDay(dueOn, timeZone) },
    payBy && payBy >= calendarDay(now, timeZone) ? { kind: "payBy", at: startOfDay(payBy, timeZone) } : null,
    suspendsAt && { kind: "suspend", at: laterOf(suspendsAt, now), ...(putOffBy && { putOffBy }) },
    terminatesAt && { kind: "terminate", at: laterOf(terminatesAt, now) },
    origin === "order" ? { kind: "void", at: orderVoidAt(dueOn, { now, timeZone }) } : null,
  ];
  return steps.filter((step) => step !== null).sort((a, b) => a.at.getTime() - b.at.getTime());
}

/** At the hour of mails of the day; null where nobody is reminded of it any more, or a card is charged instead. */
function nextReminderAt(invoice: WaitingInvoice, today: number, now: Date, timeZone: string): Date | null {
  const { stages, dueOn, mailHour } = invoice;
  const last = Math.max(today + 1, stages.at(-1) ?? 0);
  for (let day = today; day <= last; day += 1) {
    const { isIssue, stage } = toTell({ ...invoice, daysFromDue: day });
    const at = atHour(addCalendarDays(dueOn, day), mailHour, timeZone);
    if ((isIssue || stage !== null) && at > now) return at;
  }
  return null;
}

function laterOf(at: Date, other: Date): Date {
  return at > other ? at : other;
}
