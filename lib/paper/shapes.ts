import type { CalendarDay } from "@/lib/kernel/calendar";
import type { Money } from "@/lib/kernel/money";
import type { PaperMessages } from "./words";

/** A finished paper, to be kept by a person: its name says what it is. */
export interface Paper {
  readonly fileName: string;
  readonly content: Uint8Array;
}

/** What a use case that prints is given by its route. */
export interface PaperGiven {
  /** In a customer's language; in English if we do not speak it. */
  readonly messagesOf: (locale: string) => PaperMessages;
  /** Of the environment; the settings may know better. */
  readonly hostName: string;
}

/** Who writes: as the settings have it, else the name alone. */
export interface Host {
  readonly name: string;
  /** Lines of the address, and what else has to stand on an invoice. */
  readonly address: string | null;
  readonly taxId: string | null;
  /** Where customers transfer money to; null if the host has not said so. */
  readonly bank: HostBank | null;
  /** PNG or JPEG. */
  readonly logo: Uint8Array | null;
  readonly timeZone: string;
}

export interface HostBank {
  readonly holder: string;
  readonly account: string;
  readonly bic: string | null;
  readonly name: string | null;
}

/** Who is billed, as it was at issue; more of it than the name is there since it can be given. */
export interface BillTo {
  readonly name: string;
  readonly email: string;
  readonly country: string;
  readonly address?: string | null;
  readonly taxId?: string | null;
}

export interface InvoiceFacts {
  readonly id: string;
  readonly number: string;
  readonly state: "open" | "paid" | "void" | "written_off";
  readonly locale: string;
  readonly customerReference: string;
  readonly billTo: BillTo;
  readonly summary: string;
  /** Below the lines; may be empty. */
  readonly note: string;
  readonly issuedAt: Date;
  readonly dueOn: CalendarDay;
  readonly paidAt: Date | null;
  readonly lines: readonly InvoiceFactLine[];
  readonly net: Money;
  readonly tax: Money;
  readonly total: Money;
  readonly paid: Money;
  readonly credited: Money;
  readonly remaining: Money;
  /** What money moved to it, net of what was taken back, oldest first. */
  readonly payments: readonly { paidAt: Date; source: "balance" | "card" | "bank"; amount: Money }[];
  readonly creditNotes: readonly { number: string; issuedAt: Date; total: Money }[];
  /** Where it is paid; null if nothing is due. */
  readonly payUrl: string | null;
}

export interface InvoiceFactLine {
  readonly description: string;
  readonly quantity: string;
  readonly unit: Money;
  readonly net: Money;
  readonly taxRatePpm: number;
  readonly tax: Money;
  readonly termStartsAt: Date | null;
  readonly termEndsAt: Date | null;
}

export interface CreditNoteFacts {
  readonly id: string;
  readonly number: string;
  readonly issuedAt: Date;
  readonly note: string;
  readonly net: Money;
  readonly tax: Money;
  readonly total: Money;
  readonly locale: string;
  readonly customerReference: string;
  readonly billTo: BillTo;
  readonly invoice: { number: string; issuedAt: Date; summary: string };
}

export interface ReceiptFacts {
  readonly number: string;
  readonly paymentId: string;
  readonly paidAt: Date;
  readonly locale: string;
  readonly customerReference: string;
  readonly billTo: BillTo;
  readonly settled: readonly { number: string; amount: Money }[];
  readonly fromBalance: Money;
  readonly byCard: Money;
  readonly byBank: Money;
  /** What it brought to the balance, less what was settled from there at once. */
  readonly toBalance: Money;
  /** What of it paid what the customer owed since a payment was taken back. */
  readonly toDebt: Money;
  readonly services: readonly { label: string; expiresAt: Date }[];
}

export interface StatementFacts {
  readonly locale: string;
  readonly customerReference: string;
  readonly billTo: BillTo;
  /** Calendar days of the billing time zone, both included. */
  readonly from: CalendarDay;
  readonly to: CalendarDay;
  readonly opening: Money;
  readonly closing: Money;
  readonly movements: readonly StatementMovement[];
  /** How many more there are than a paper holds; the CSV has them all. */
  readonly moreCount: number;
}

export interface StatementMovement {
  readonly occurredAt: Date;
  readonly reason: string;
  readonly invoiceNumber: string | null;
  /** Signed: what it added to the balance. */
  readonly amount: Money;
  readonly balanceAfter: Money;
}
