import { payingRoles } from "@/lib/kernel/paying-roles";
import type { MembershipRole } from "./actor";

export interface MemberRight {
  readonly roles: readonly MembershipRole[];
  /** Whether it stays when the customer is closed: looking does, changing does not. */
  readonly isOfClosed: boolean;
}

const looking = { roles: ["owner", "billing", "viewer"], isOfClosed: true } as const;
const billing = { roles: payingRoles, isOfClosed: false } as const;
const owning = { roles: ["owner"], isOfClosed: false } as const;

/**
 * What each role of a membership may do for its customer. The only place that says so: a use case asks for its right
 * by name, and the database is asked with the roles that are written here.
 */
export const memberRights = {
  "invoices.read": looking,
  pay: billing,
  "pay_link.share": billing,
  "invoice.cancel": billing,
  "balance.top_up": billing,
  "cards.change": billing,
  "services.change": billing,
  "recipients.change": billing,
  "company.change": owning,
  "members.change": owning,
  "data.export": { roles: ["owner"], isOfClosed: true },
} as const satisfies Record<string, MemberRight>;

export type MemberRightName = keyof typeof memberRights;

/** The same table as a list, for pages that show it. */
export const memberRightList = (Object.keys(memberRights) as MemberRightName[]).map((name) => ({
  name,
  roles: memberRights[name].roles as readonly MembershipRole[],
}));
