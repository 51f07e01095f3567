import { type OwnGraceRefusal, takeOwnGrace as take } from "@/lib/billing/suspension/take-own-grace";
import type { World } from "@/lib/billing/world";
import { isUuid, type ServiceId } from "@/lib/kernel/id";
import { ok, type Result, refuse } from "@/lib/kernel/result";
import { may } from "./permit";
import type { CustomerActor } from "./shapes";
import { portalWorld } from "./world";

export type { OwnGraceRefusal };

/** Gives the customer some days before a service is suspended, once per term; the answer says until when. */
export async function takeOwnGrace(
  actor: CustomerActor,
  { serviceId }: { serviceId: string },
  world: World = portalWorld(),
): Promise<Result<{ suspendsAt: Date }, OwnGraceRefusal>> {
  if (!isUuid(serviceId)) return refuse({ code: "service_not_found" });
  const { customerId, userId } = actor;
  const taken = await take(world, world.app, {
    customerId,
    userId,
    serviceId: serviceId as ServiceId,
    permit: (sql) => may(sql, actor, "services.change"),
  });
  return taken.ok ? ok({ suspendsAt: taken.suspendsAt }) : refuse(taken.refusal);
}
