import { changePlan as change } from "@/lib/billing/renewal/close-and-change-plan";
import type { PlanChangeRefusal, PlanChangeWay } from "@/lib/billing/renewal/decide-plan-change";
import {
  type PlanChangePreview,
  type PlanChoices,
  planChoices,
  previewPlanChange,
} from "@/lib/billing/renewal/preview-plan-change";
import type { World } from "@/lib/billing/world";
import { isUuid, type PlanId, type ServiceId } from "@/lib/kernel/id";
import { ok, type Result, refuse } from "@/lib/kernel/result";
import { may } from "./permit";
import { readAs } from "./scoped";
import type { CustomerActor } from "./shapes";
import { portalWorld } from "./world";

export type { PlanChangePreview, PlanChangeRefusal, PlanChangeWay, PlanChoices };

export interface PlanChangeShown extends PlanChoices {
  canChange: boolean;
  /** Of the plan that was asked for. */
  preview: Result<PlanChangePreview, PlanChangeRefusal> | null;
}

/**
 * A service with the plans it could have, and what the change to one of them would do. Null if the customer has no such
 * service. Every member may look.
 */
export function showPlanChange(
  actor: CustomerActor,
  wish: { serviceId: string; planId?: string | undefined; way: PlanChangeWay },
  world: World = portalWorld(),
): Promise<PlanChangeShown | null> {
  const { customerId } = actor;
  return readAs(world, actor, async (sql) => {
    if (!isUuid(wish.serviceId)) return null;
    const ref = { customerId, serviceId: wish.serviceId as ServiceId };
    const [canChange, choices] = await Promise.all([
      may(sql, actor, "services.change"),
      planChoices(sql, ref, world.clock.now()),
    ]);
    if (!choices) return null;
    const planId = choices.plans.find(({ id }) => id === wish.planId)?.id;
    const preview = planId ? await previewPlanChange(world, sql, { ...ref, planId, way: wish.way }) : null;
    return { ...choices, canChange, preview };
  });
}

/**
 * Changes the plan of the customer's service, for members who may change services. `agreedMinor` is what they were shown:
 * charged less credited now. Refused where the balance does not cover it.
 */
export async function changePlan(
  actor: CustomerActor,
  wish: { serviceId: string; planId: string; way: PlanChangeWay; agreedMinor: bigint },
  world: World = portalWorld(),
): Promise<Result<{ startsAt: Date; paid: number }, PlanChangeRefusal>> {
  if (!isUuid(wish.serviceId) || !isUuid(wish.planId)) return refuse({ code: "service_not_found" });
  const changed = await change(world, world.app, {
    ...actor,
    serviceId: wish.serviceId as ServiceId,
    planId: wish.planId as PlanId,
    way: wish.way,
    agreedMinor: wish.agreedMinor,
    actor: "customer",
    permit: (sql) => may(sql, actor, "services.change"),
  });
  if (changed.kind === "refused") return refuse(changed.refusal);
  return ok({ startsAt: changed.decided.startsAt, paid: changed.paid });
}
