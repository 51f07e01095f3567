import type { InvoiceStatus } from "@/lib/billing/invoice/invoice-status";
import type { InvoiceLineView } from "@/lib/billing/invoice/read-lines";
import type { InvoiceStep } from "@/lib/billing/outlook/next-invoice-steps";
import type { Receipt } from "@/lib/billing/payment/receipt";
import type { StillShort } from "@/lib/billing/payment/still-short";
import type { ServicePrices } from "@/lib/billing/renewal/service-prices";
import type { CalendarDay } from "@/lib/kernel/calendar";
import type {
  CustomerId,
  InvoiceId,
  PaymentId,
  PaymentMethodId,
  ServiceId,
  SessionId,
  TransferId,
  UserId,
} from "@/lib/kernel/id";
import type { Money } from "@/lib/kernel/money";
import type { Page } from "@/lib/kernel/page";
import type { MailFailure } from "@/lib/mail/mail-failures";
import type { DeclineReason } from "./decline-reason";
import type { TextPiece } from "./linked-text";

export type { PriceAhead } from "@/lib/billing/renewal/service-prices";

/** Who acts: a signed-in user, for one of the customers they belong to. Made by lib/auth only. */
export interface CustomerActor {
  readonly userId: UserId;
  readonly sessionId: SessionId;
  readonly customerId: CustomerId;
}

export type InvoiceState = "open" | "paid" | "void" | "written_off";

export type { InvoiceLineView, InvoiceStatus };

export interface InvoiceFilter {
  /** Any of these statuses; empty means all. */
  status: readonly InvoiceStatus[];
  issuedFrom: string | null;
  issuedTo: string | null;
  amountFrom: string | null;
  amountTo: string | null;
  serviceId: ServiceId | null;
  text: string | null;
  sort: "issued" | "due";
  cursor: string | null;
}

export interface InvoiceRow {
  id: InvoiceId;
  number: string;
  /** What it is for, in the words printed on it. */
  summary: string;
  issuedAt: Date;
  dueOn: CalendarDay;
  total: Money;
  remaining: Money;
  status: InvoiceStatus;
  /** A payment was begun and is in the customer's hands: they may go on with it or cancel it. */
  isPaymentStarted: boolean;
}

export interface InvoiceList {
  page: Page<InvoiceRow>;
  /** Rows that match, counted to 10,001 at most. */
  count: number;
  owed: Owed[];
  /** Whether this member may pay. */
  canPay: boolean;
  services: { id: ServiceId; label: string }[];
}

/** All that is owed in one currency: open invoices, and debt from lost disputes (domain.md, A4). */
export interface Owed {
  amount: Money;
  /** What of it is debt. */
  debt: Money;
  /** What of it lies on invoices that are being paid. */
  beingPaid: Money;
  /** Of the open invoices; null where all of it is debt. */
  oldestDueOn: CalendarDay | null;
  invoices: number;
}

export type PaymentState =
  | "created"
  | "sent"
  | "requires_action"
  | "processing"
  | "unknown"
  | "succeeded"
  | "failed"
  | "canceled"
  | "expired";

export interface PaymentView {
  id: PaymentId;
  funding: "card" | "balance" | "combined" | "bank";
  origin: "customer" | "link" | "staff" | "auto";
  state: PaymentState;
  fromBalance: Money;
  byCard: Money;
  /** What the payment moved to this invoice so far, net of what was taken back. */
  allocated: Money;
  createdAt: Date;
  endedAt: Date | null;
  /** Where an open payment can be gone on with. */
  canResume: boolean;
  canAbandon: boolean;
}

export interface TimelineEntry {
  id: string;
  occurredAt: Date;
  actor: "customer" | "staff" | "system";
  /** The word of lib/billing for what happened; messages has a sentence for each. */
  verb: string;
  detail: Record<string, string>;
}

/** As the customer was when an invoice was issued. */
export interface BillTo {
  name: string;
  email: string;
  country: string;
  address?: string | null;
  taxId?: string | null;
}

export interface InvoiceDetail extends InvoiceRow {
  net: Money;
  tax: Money;
  paid: Money;
  credited: Money;
  paidAt: Date | null;
  /** Printed below the lines; may be empty. */
  note: string;
  billTo: BillTo;
  lines: InvoiceLineView[];
  payments: PaymentView[];
  /** What was done about it, reminders included; the latest first. */
  timeline: TimelineEntry[];
  /** What happens next and when, if nobody does anything; nothing while a payment is under way. */
  next: InvoiceStep[];
  payPanel: PayPanel | null;
  /** What says that nothing is owed any more; null unless the invoice is void. */
  creditNote: { number: string; issuedAt: Date } | null;
  /** Whether this user may cancel it now, as things stand: the action judges again. */
  canCancel: boolean;
  /** The numbers of later renewals of the same services, which would be cancelled with it. */
  cancelsToo: string[];
}

/** A saved card, by what a person knows it by. */
export interface CardView {
  id: PaymentMethodId;
  /** Stripe's word, such as `visa`. */
  brand: string;
  last4: string;
  expMonth: number;
  expYear: number;
  isExpired: boolean;
  isDefault: boolean;
}

export interface CardList {
  cards: CardView[];
  canChange: boolean;
}

export type CardRefusal =
  | { code: "not_allowed" }
  | { code: "card_not_found" }
  | { code: "card_removed"; last4: string }
  | { code: "card_expired"; last4: string }
  | { code: "gateway_refused" }
  | { code: "gateway_unreachable" };

/** A payment as it was shown, which the server computes again and compares. Minor units, as text. */
export interface PlanShown {
  balanceMinor: string;
  cardMinor: string;
  excessMinor: string;
}

/** What can be done about an open invoice. */
export interface PayPanel {
  /** This invoice, and earlier open ones of the same services, which are paid with it. */
  invoices: { id: InvoiceId; number: string; remaining: Money }[];
  due: Money;
  available: Money;
  /** Null where the balance does not reach, with what is missing. */
  fromBalance: PlanShown | null;
  shortBy: Money | null;
  direct: PlanShown;
  /** All that is available, the rest by card; null where nothing is available or it covers all. */
  combined: PlanShown | null;
  /** Stripe's smallest charge and its step in this currency. */
  chargeMinimum: Money;
  chargeStep: Money;
  /** A top-up begun from the one invoice, which settles it; null for several, and where none is needed or possible. */
  topUp: { number: string; amount: Money } | null;
  open: PaymentView | null;
  /** Saved cards that can be charged now, the default first. */
  cards: CardView[];
  canPay: boolean;
}

/** An amount worth topping up, worked out on the server, and what it settles when it has arrived. */
export type TopUpOffer =
  /** This invoice, with the earlier open ones of the same services. */
  | { kind: "invoice"; id: InvoiceId; number: string; summary: string; amount: Money }
  /** So much was asked for, for renewals to come. */
  | { kind: "wished"; amount: Money }
  /** All open auto-renew invoices. */
  | { kind: "renewals"; count: number; amount: Money };

/** What topping up needs to show, in one currency. */
export interface TopUpPanel {
  available: Money;
  /** The least and the most that one top-up takes. */
  least: Money;
  most: Money;
  /** The invoice it is begun from; `offer` is null where the balance reaches already, or one top-up cannot. */
  begunFrom: {
    id: InvoiceId;
    number: string;
    remaining: Money;
    isCovered: boolean;
    /** Earlier ones of the same services, settled before it. */
    earlier: string[];
    offer: TopUpOffer | null;
  } | null;
  /** Oldest due first. */
  offers: TopUpOffer[];
  cards: CardView[];
  canPay: boolean;
}

export type PayRefusal =
  | { code: "not_allowed" }
  | { code: "invoice_not_found" }
  | { code: "nothing_chosen" }
  | { code: "too_many_invoices"; most: number }
  | { code: "currencies_differ" }
  | { code: "invoice_not_open"; number: string; state: InvoiceState }
  /** A service it is for cannot take what it would bring, as things stand. */
  | { code: "line_not_completable"; number: string }
  | { code: "balance_too_low"; shortBy: Money }
  | { code: "amount_malformed" }
  | { code: "amount_too_large"; available: Money }
  | { code: "plan_changed"; plan: PlanShown; due: Money }
  /** More than Stripe charges at once. */
  | { code: "charge_too_large"; most: Money }
  /** Stripe did not take so little, or so much: nothing was charged, and the plan is made anew. */
  | { code: "amount_not_charged" }
  | { code: "payment_in_progress"; paymentId: PaymentId }
  | { code: "payment_id_used" }
  | { code: "payment_not_found" }
  /** So many of an hour wait, ended unpaid or were declined. */
  | { code: "too_many_unfinished"; most: number; retryAfterSeconds: number }
  /** Stripe was asked about this payment so often that it waits. */
  | { code: "payment_asked_often"; retryAfterSeconds: number }
  | { code: "payment_ended"; state: PaymentState }
  | { code: "service_not_found" }
  /** It does not run, ends on the customer's wish, or has no price. */
  | { code: "service_not_renewable" }
  /** The next term is being paid: the bank works on it, or Stripe has not said what became of it. */
  | { code: "renewal_being_paid" }
  | { code: "card_not_found" }
  | { code: "card_removed"; last4: string }
  | { code: "card_expired"; last4: string }
  /** The saved card was asked, and its bank said no: nothing was taken, and the payment is over. */
  | { code: "card_declined"; reason: DeclineReason }
  | { code: "gateway_refused" }
  | { code: "gateway_unreachable" };

export type { Receipt };

export type PayOutcome =
  | { kind: "paid"; receipt: Receipt }
  /** The customer goes on at Stripe's page. */
  | { kind: "redirect"; paymentId: PaymentId; url: string }
  /** Stripe did not answer: nobody knows yet whether there is a payment; it will be looked up. */
  | { kind: "confirming"; paymentId: PaymentId };

/** What the page after payment shows; `nothing_taken` when the customer has not paid: they came back, or were never led there. */
export type PaymentOutcome = {
  /** A top-up's is the invoice it was begun from. */
  invoiceNumber: string | null;
  isTopUp: boolean;
} & (
  | {
      kind: "paid";
      receipt: Receipt;
      /** On the balance now, in the payment's currency. */
      available: Money;
      /** What renewals that wait for the balance are short of; null if nothing is. */
      stillShort: StillShort | null;
      /** Stripe's word for what it was paid with, where a card was to be kept and this could not be. */
      notKept: string | null;
    }
  | { kind: "confirming"; since: Date }
  | {
      kind: "nothing_taken";
      state: PaymentState;
      resumeUrl: string | null;
      /** Why the saved card did not pay, where it was declined. */
      declined: DeclineReason | null;
    }
);

/** A card payment that the customer's bank has taken back until it decides, and what is held of the balance for it. */
export interface ContestedCharge {
  id: string;
  amount: Money;
  held: Money;
  paidAt: Date;
}

export interface BalanceView {
  currency: string;
  posted: Money;
  held: Money;
  available: Money;
  /** Owed for money that their bank took back; it is paid before anything else. */
  debt: Money;
}

export interface Movement {
  id: TransferId;
  occurredAt: Date;
  /** The ledger's word for why; messages has a sentence for each. */
  reason: string;
  /** Signed: what it added to the balance. */
  amount: Money;
  balanceAfter: Money;
  invoiceNumber: string | null;
}

export type ServiceState = "pending" | "active" | "suspended" | "terminated" | "canceled";

export interface ServiceRow extends ServicePrices {
  id: ServiceId;
  label: string;
  planName: string;
  state: ServiceState;
  expiresAt: Date | null;
  isAutoRenew: boolean;
  /** It ends with its last paid term, on the customer's wish. */
  isEnding: boolean;
  openInvoiceNumber: string | null;
  /** A payment of one of its open invoices is under way. */
  isBeingPaid: boolean;
  /** When the open order that it waits for is due, and when it is void if nobody pays it; else null. */
  orderDueOn: CalendarDay | null;
  voidsAt: Date | null;
}

/** What the customer was told, as it was sent by mail. */
export interface Notice {
  id: string;
  subject: string;
  /** Its text, with the portal's own addresses as links. */
  body: readonly TextPiece[];
  /** Where its main link leads: a path of the portal; null if it has none. */
  path: string | null;
  state: "waiting" | "sent" | "bounced" | "undeliverable";
  /** Addresses that it did not reach when it was last sent, each with what the mail server said. */
  failures: readonly MailFailure[];
  /** When a mail server took it; until then when it was written. */
  at: Date;
  isRead: boolean;
}
