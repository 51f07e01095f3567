import {
  type CancelServiceRefusal,
  cancelService as cancel,
  type KeepServiceRefusal,
  keepService as keep,
} from "@/lib/billing/renewal/cancel-service";
import type { World } from "@/lib/billing/world";
import { isUuid, type ServiceId } from "@/lib/kernel/id";
import { ok, type Result, refuse } from "@/lib/kernel/result";
import { may } from "./permit";
import type { CustomerActor } from "./shapes";
import { portalWorld } from "./world";

export type { CancelServiceRefusal, KeepServiceRefusal };

/**
 * Cancels a service to the end of its last paid term, for members who may change services. Its open renewals are voided;
 * the answer names them, and the day on which it ends.
 */
export async function cancelService(
  actor: CustomerActor,
  { serviceId }: { serviceId: string },
  world: World = portalWorld(),
): Promise<Result<{ endsAt: Date; voided: string[] }, CancelServiceRefusal>> {
  if (!isUuid(serviceId)) return refuse({ code: "service_not_found" });
  const done = await cancel(world, inputOf(actor, serviceId as ServiceId));
  return done.kind === "refused" ? refuse(done.refusal) : ok({ endsAt: done.endsAt, voided: done.voided });
}

/** Takes that back, until the service has ended. */
export async function keepService(
  actor: CustomerActor,
  { serviceId }: { serviceId: string },
  world: World = portalWorld(),
): Promise<Result<null, KeepServiceRefusal>> {
  if (!isUuid(serviceId)) return refuse({ code: "service_not_found" });
  const done = await keep(world, world.app, inputOf(actor, serviceId as ServiceId));
  return done.kind === "refused" ? refuse(done.refusal) : ok(null);
}

function inputOf(actor: CustomerActor, serviceId: ServiceId) {
  const { customerId, userId } = actor;
  const permit = (sql: Parameters<typeof may>[0]) => may(sql, actor, "services.change");
  return { customerId, userId, serviceId, permit };
}
