import { switchAutoRenew as change, type SwitchRefusal } from "@/lib/billing/renewal/switch-auto-renew";
import type { World } from "@/lib/billing/world";
import { isUuid, type ServiceId } from "@/lib/kernel/id";
import { ok, type Result, refuse } from "@/lib/kernel/result";
import { may } from "./permit";
import type { CustomerActor } from "./shapes";
import { portalWorld } from "./world";

export type { SwitchRefusal };

/**
 * Switches a service's auto-renew, for members who may pay. Switched on, the balance pays at once what waits and is
 * covered; the answer names those invoices.
 */
export async function switchAutoRenew(
  actor: CustomerActor,
  { serviceId, isAutoRenew }: { serviceId: string; isAutoRenew: boolean },
  world: World = portalWorld(),
): Promise<Result<{ paid: string[] }, SwitchRefusal>> {
  if (!isUuid(serviceId)) return refuse({ code: "service_not_found" });
  const { customerId, userId } = actor;
  const switched = await change(world, world.app, {
    customerId,
    userId,
    serviceId: serviceId as ServiceId,
    isAutoRenew,
    permit: (sql) => may(sql, actor, "services.change"),
  });
  return switched.kind === "refused" ? refuse(switched.refusal) : ok({ paid: switched.paid });
}
