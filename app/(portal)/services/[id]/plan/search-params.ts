import type { PlanChangeWay } from "@/lib/portal/change-plan";

/** Which plan the address asks about, and from when; what is not understood is left out. */
export function planWishOf(raw: Record<string, unknown>): { planId: string | undefined; way: PlanChangeWay } {
  const planId = typeof raw.plan === "string" && raw.plan !== "" ? raw.plan : undefined;
  return { planId, way: raw.way === "at_once" ? "at_once" : "next_term" };
}
