import type { CustomerId, SessionId, UserId } from "@/lib/kernel/id";

/** Who acts: a signed-in user, for one of the customers they belong to. Made by requireCustomer only. */
export interface CustomerActor {
  readonly userId: UserId;
  readonly sessionId: SessionId;
  readonly customerId: CustomerId;
}

/** From the least to the most: an auditor only reads, an admin may do everything. */
export const staffRoles = ["auditor", "support", "finance", "admin"] as const;

export type StaffRole = (typeof staffRoles)[number];

/** Who acts for the host. Made by requireStaff only. */
export interface StaffActor {
  readonly userId: UserId;
  readonly sessionId: SessionId;
  readonly role: StaffRole;
}

export type MembershipRole = "owner" | "billing" | "viewer";

/** A person whose session is good at this moment. */
export interface SignedIn {
  readonly userId: UserId;
  readonly sessionId: SessionId;
  readonly email: string;
  readonly name: string;
  /** Null is what their browser asks for. */
  readonly locale: string | null;
  /** Null for people who are not staff, or no longer. */
  readonly staffRole: StaffRole | null;
  /** Oldest first. */
  readonly memberships: readonly { readonly customerId: CustomerId; readonly role: MembershipRole }[];
}
