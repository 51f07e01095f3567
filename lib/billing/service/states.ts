/** domain.md, States. "Expiring" and "in grace" are derived, never stored. */
export type ServiceState = "pending" | "active" | "suspended" | "terminated" | "canceled";
