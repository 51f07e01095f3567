import type { InvoiceId, PaymentId, PaymentMethodId } from "@/lib/kernel/id";
import type { Result } from "@/lib/kernel/result";
import type { PlanShown } from "@/lib/portal/shapes";

/** What an action answers, in words already: the browser knows no rules and no messages. */
export type Answer<T> = Result<T, Untold>;

/** A refusal with its sentence, or one of those that any action may answer. */
export interface Untold {
  code: string;
  sentence?: string;
  address?: string;
}

/** A way of paying as the server worked it out. */
export interface Offer {
  plan: PlanShown;
  how: "balance" | "card" | "combined";
  /** Says exactly what will be taken from where. */
  button: string;
  /** The same for a saved card, whose `{name}` is put in where it is chosen; null where no card is charged. */
  savedButton: string | null;
  /** What the customer must know before agreeing. */
  notes: string[];
}

/** An offer for a stated part of the balance, with that part in minor units. */
export interface PartOffer extends Offer {
  askedMinor: string;
}

/** Where the browser goes now: Stripe's page, or the page after payment. */
export interface Leaving {
  goTo: string;
}

export interface PayInput {
  paymentId: PaymentId;
  invoiceIds: InvoiceId[];
  plan: PlanShown;
}

/** The saved card that is charged, or a new one, kept if that was ticked. */
export interface CardInput {
  cardId: PaymentMethodId | null;
  savesCard: boolean;
}

/** The server's actions, handed down by the page. */
export interface PayActions {
  payDirect(input: PayInput & CardInput): Promise<Answer<Leaving>>;
  payFromBalance(input: PayInput): Promise<Answer<Leaving>>;
  payCombined(input: PayInput & CardInput & { useBalance: string }): Promise<Answer<Leaving>>;
  previewPart(input: { invoiceIds: InvoiceId[]; currency: string; part: string }): Promise<Answer<PartOffer>>;
  resumePayment(input: { paymentId: PaymentId }): Promise<Answer<Leaving>>;
  abandonPayment(input: { paymentId: PaymentId }): Promise<Answer<Leaving | null>>;
}

/** Sentences for what any action may answer, by its code, and for when no answer came. */
export interface AnswerTexts {
  lost: string;
  fault: string;
  byCode: Record<string, string>;
}

/** The top-up's action, handed down by the page; the amount as a person types it. */
export type TopUpAction = (
  input: {
    paymentId: PaymentId;
    currency: string;
    amount: string;
    /** The invoice it is begun from, which it settles first. */
    invoiceId: InvoiceId | null;
  } & CardInput,
) => Promise<Answer<Leaving>>;
