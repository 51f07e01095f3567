import { type PutBackRefusal, putRenewalBack as put } from "@/lib/billing/renewal/put-back";
import type { World } from "@/lib/billing/world";
import { isUuid, type ServiceId } from "@/lib/kernel/id";
import { ok, type Result, refuse } from "@/lib/kernel/result";
import { may } from "./permit";
import type { CustomerActor } from "./shapes";
import { portalWorld } from "./world";

export type { PutBackRefusal };

/** Puts a renewal back that this customer declined, for members who may pay; it keeps its first due day. */
export async function putRenewalBack(
  actor: CustomerActor,
  { serviceId }: { serviceId: string },
  world: World = portalWorld(),
): Promise<Result<undefined, PutBackRefusal>> {
  if (!isUuid(serviceId)) return refuse({ code: "service_not_found" });
  const { customerId, userId } = actor;
  const done = await put(world, world.app, {
    customerId,
    userId,
    serviceId: serviceId as ServiceId,
    reason: null,
    permit: (sql) => may(sql, actor, "services.change"),
  });
  return done.ok ? ok() : done;
}
