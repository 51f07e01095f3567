import type { CalendarDay } from "@/lib/kernel/calendar";
import type { Money } from "@/lib/kernel/money";
import type { PayLinkLine } from "./layout";

/** What is open in one currency. */
export interface MorningPart {
  /** First due first; at least one. */
  readonly invoices: readonly MorningInvoice[];
  /** Of those that are to be paid; zero where a card is charged for all of them. */
  readonly total: Money;
  /** On the balance, less what is held. */
  readonly available: Money;
  /** Owed since a payment was taken back. */
  readonly debt: Money;
  /** What the balance misses for what renews automatically; null if nothing. */
  readonly short: Short | null;
  /** What pays all of it; null where nothing is to be paid. */
  readonly payLink: PayLinkLine | null;
}

export interface Short {
  readonly amount: Money;
  /** The service that it renews; null if there are several. */
  readonly what: string | null;
  /** The last whole day on which money still helps; null if that is over and only money that comes at once does. */
  readonly by: CalendarDay | null;
}

export interface MorningInvoice {
  readonly number: string;
  readonly label: string;
  readonly amount: Money;
  readonly dueOn: CalendarDay;
  /** Negative ahead of it. */
  readonly daysFromDue: number;
  /** It was issued since the last mail. */
  readonly isNew: boolean;
  /** The card that will be charged, and on which day. */
  readonly charge: { readonly last4: string; readonly on: CalendarDay } | null;
  /** The service that is stopped first if it stays unpaid. */
  readonly stop: InvoiceStop | null;
}

export interface InvoiceStop {
  /** What today's mail announces. */
  readonly announces: "suspension" | "termination" | null;
  readonly isSuspended: boolean;
  /** On which day it is suspended, or was. */
  readonly suspendsOn: CalendarDay;
  readonly terminatesOn: CalendarDay;
}
