import type { StaffRole } from "./actor";

const helpers = ["support", "finance", "admin"] as const;
const keepers = ["finance", "admin"] as const;
const admins = ["admin"] as const;
/** Those whom people call when they cannot get in, or somebody else did. Finance moves the money, and locks nobody out. */
const doorkeepers = ["support", "admin"] as const;

/**
 * Which roles may do each act of staff. Reading is in no row: every role reads everything, and an auditor changes
 * nothing (domain.md).
 */
export const staffRights = {
  "task.close": helpers,
  "event.replay": helpers,
  "payment.sync": helpers,
  /** What became of a payment that does not fit: proposed by one, confirmed by another. */
  "payment.rule": keepers,
  "books.check": helpers,
  "customer.note": helpers,
  "sessions.end": helpers,
  /** Of customers' members alone; the team's own logins are `team.change`. */
  "user.disable": doorkeepers,
  /** Where mail about a customer's invoices goes. */
  "main_address.change": keepers,
  "pay_link.renew": helpers,
  "invoice.void": keepers,
  "invoice.complete": keepers,
  "goodwill.change": keepers,
  "bank.record": keepers,
  "invoice.write": keepers,
  "balance.pay_out": keepers,
  "refund.make": keepers,
  "team.change": admins,
  "host.change": admins,
  "plan.change": keepers,
  "renewals.run": keepers,
  "service.change_plan": helpers,
  "suspension.hold": helpers,
  "renewal.put_back": helpers,
  "service.keep": helpers,
  "mail.resend": helpers,
  "webhook.replay": helpers,
  "webhook.change": ["admin"],
} as const satisfies Record<string, readonly StaffRole[]>;

export type StaffRight = keyof typeof staffRights;

/** Whether staff of this role may do this: asked by `staffAction`, by each use case of lib/admin, and by the pages. */
export function mayStaff(role: StaffRole, right: StaffRight): boolean {
  const roles: readonly StaffRole[] = staffRights[right];
  return roles.includes(role);
}
