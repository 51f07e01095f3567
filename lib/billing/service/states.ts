export type ServiceState = "pending" | "active" | "suspended" | "terminated" | "canceled";

/** domain.md, States. "Expiring" and "in grace" are derived, never stored. */
export const successors = {
  pending: ["active", "canceled"],
  active: ["suspended", "terminated", "canceled"],
  suspended: ["active", "terminated", "canceled"],
  terminated: ["active"],
  canceled: [],
} as const satisfies Record<ServiceState, readonly ServiceState[]>;

export function mayBecome(from: ServiceState, to: ServiceState): boolean {
  return (successors[from] as readonly ServiceState[]).includes(to);
}
