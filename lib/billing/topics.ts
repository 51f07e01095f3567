/** What can happen to a service. The host's own systems hear of each. */
export const serviceTopics = [
  "service.activated",
  "service.renewed",
  "service.suspended",
  "service.resumed",
  "service.terminated",
  "service.canceled",
  "service.cancel_requested",
  "service.kept",
  "service.plan_changed",
  "service.auto_renew_switched",
  "service.suspension_put_off",
] as const;

/** What can happen to an invoice. The host's own systems hear of each. */
export const invoiceTopics = [
  "invoice.issued",
  "invoice.paid",
  "invoice.voided",
  "invoice.credited",
] as const;

/** An event of a service or an invoice. */
export type SubjectTopic = (typeof serviceTopics)[number] | (typeof invoiceTopics)[number];

/** A kind of event in the outbox: of a service or an invoice, or what the customer alone is told of. */
export type Topic =
  | SubjectTopic
  | `payment.${"succeeded" | "failed" | "canceled" | "expired" | "money_became_balance"}`
  | `refund.${"made" | "failed"}`
  | `dispute.${"withdrawn" | "won" | "lost"}`
  | "renewal.paid"
  | "invoice.voided_by_host"
  | "autopay.stopped"
  | "auto_top_up.stopped"
  | "reminder";
