import { transact } from "@/db/transaction";
import { mayStaff } from "@/lib/auth/staff-rights";
import { changePlan as change } from "@/lib/billing/renewal/close-and-change-plan";
import type { PlanChangeRefusal, PlanChangeWay } from "@/lib/billing/renewal/decide-plan-change";
import {
  type PlanChangePreview,
  type PlanChoices,
  planChoices,
  previewPlanChange,
} from "@/lib/billing/renewal/preview-plan-change";
import { type CustomerId, isUuid, type PlanId, type ServiceId } from "@/lib/kernel/id";
import { ok, type Result, refuse } from "@/lib/kernel/result";
import type { StaffActor } from "./shapes";
import { type StaffWorld, staffWorld } from "./world";

export type { PlanChangeRefusal };

export interface StaffPlanChange extends PlanChoices {
  customer: { id: CustomerId; name: string; reference: string };
  preview: Result<PlanChangePreview, PlanChangeRefusal> | null;
}

/** A customer's service with the plans it could have, and what the change to one of them would do; null if there is none. */
export async function showPlanChange(
  _actor: StaffActor,
  wish: { reference: string; serviceId: string; planId?: string | undefined; way: PlanChangeWay },
  world: StaffWorld = staffWorld(),
): Promise<StaffPlanChange | null> {
  if (wish.reference.includes("\0") || !isUuid(wish.serviceId)) return null;
  const [customer] = await world.staff
    .sql`select id, name, reference from customers where reference = ${wish.reference} and not is_house`;
  if (!customer) return null;
  const ref = { customerId: customer.id as CustomerId, serviceId: wish.serviceId as ServiceId };
  return transact(world.staff, {}, async ({ sql }) => {
    const choices = await planChoices(sql, ref, world.clock.now());
    if (!choices) return null;
    const planId = choices.plans.find(({ id }) => id === wish.planId)?.id;
    const preview = planId ? await previewPlanChange(world, sql, { ...ref, planId, way: wish.way }) : null;
    return {
      ...choices,
      customer: { id: customer.id, name: customer.name, reference: customer.reference },
      preview,
    };
  });
}

/** Changes the plan of a customer's service as the customer could; from support on. */
export async function changePlan(
  actor: StaffActor,
  wish: {
    customerId: CustomerId;
    serviceId: string;
    planId: string;
    way: PlanChangeWay;
    agreedMinor: bigint;
  },
  world: StaffWorld = staffWorld(),
): Promise<Result<{ startsAt: Date; paid: number }, PlanChangeRefusal>> {
  if (!mayStaff(actor.role, "service.change_plan")) return refuse({ code: "not_allowed" });
  if (!isUuid(wish.serviceId) || !isUuid(wish.planId)) return refuse({ code: "service_not_found" });
  const changed = await change(world, world.staff, {
    customerId: wish.customerId,
    serviceId: wish.serviceId as ServiceId,
    planId: wish.planId as PlanId,
    way: wish.way,
    agreedMinor: wish.agreedMinor,
    actor: "staff",
    userId: actor.userId,
    permit: async () => true,
  });
  if (changed.kind === "refused") return refuse(changed.refusal);
  return ok({ startsAt: changed.decided.startsAt, paid: changed.paid });
}
