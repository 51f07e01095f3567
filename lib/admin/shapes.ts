import type { StaffActor, StaffRole } from "@/lib/auth/actor";
import type { CustomerId, PaymentId, TaskId } from "@/lib/kernel/id";
import type { Money } from "@/lib/kernel/money";

export type { StaffActor, StaffRole };

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

/** Something that wants a person. */
export interface DeskTask {
  id: TaskId;
  customerId: CustomerId;
  customerName: string;
  /** Null for the house's own, which has no page. */
  customerReference: string | null;
  kind: string;
  subject: string;
  subjectId: string;
  /** Of a task about an invoice. */
  invoiceNumber: string | null;
  /** Of a task about a payment. */
  paymentId: PaymentId | null;
  /** One person can close it: it asks for no decision of two, and has no act of its own that ends it. */
  mayClose: boolean;
  detail: Record<string, string>;
  createdAt: Date;
}

export interface DeskEvent {
  id: string;
  type: string;
  reason: string | null;
  receivedAt: Date;
}

export interface DeskPayment {
  id: PaymentId;
  customerId: CustomerId;
  customerName: string;
  customerReference: string | null;
  state: string;
  byCard: Money;
  createdAt: Date;
  nextPollAt: Date;
}

/** The desk: what is parked, quarantined or under way, newest first, at most a hundred of each. */
export interface Desk {
  tasks: DeskTask[];
  events: DeskEvent[];
  payments: DeskPayment[];
}

export type DeskRefusal =
  | { code: "not_allowed" }
  | { code: "payment_not_found" }
  | { code: "event_not_parked" }
  | { code: "task_not_open" }
  /** Money waits there: it is done when that is moved. */
  | { code: "task_ends_by_itself" }
  /** It does not fit what Stripe says, and two of staff have not said what became of it. */
  | { code: "payment_undecided" }
  | { code: "gateway_unreachable" }
  | { code: "payment_quarantined" };
