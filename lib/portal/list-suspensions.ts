import { readSuspensions, type Suspension } from "@/lib/billing/suspension/read-suspensions";
import type { World } from "@/lib/billing/world";
import { may } from "./permit";
import { readAs } from "./scoped";
import type { CustomerActor } from "./shapes";
import { portalWorld } from "./world";

export type { Suspension };

/** What is suspended, and what will be within a week, soonest first. Who may not change services takes no days. */
export function listSuspensions(actor: CustomerActor, world: World = portalWorld()): Promise<Suspension[]> {
  const today = { now: world.clock.now(), timeZone: world.timeZone };
  return readAs(world, actor, async (sql) => {
    const [canChange, suspensions] = await Promise.all([
      may(sql, actor, "services.change"),
      readSuspensions(sql, actor.customerId, today),
    ]);
    return canChange ? suspensions : suspensions.map((one) => ({ ...one, ownGraceDays: null }));
  });
}
