import type { World } from "../world";
import { openSecret, sealSecret } from "./endpoint-secret";

/**
 * Seals again what the key before this one sealed, so that the host's former secret is needed no longer once a worker
 * has run. What another process changed since is left as it is. Returns how many were sealed.
 */
export async function resealSecrets(world: Pick<World, "jobs" | "endpointKey">): Promise<number> {
  if (world.endpointKey.before === null) return 0;
  const rows = await world.jobs
    .sql`select id, sealed_secret from webhook_endpoints where disabled_at is null`;
  let count = 0;
  for (const { id, sealed_secret: sealed } of rows) {
    const secret = openSecret(world.endpointKey, sealed);
    if (!secret || secret.isCurrent) continue;
    const updated = await world.jobs.sql`
      update webhook_endpoints set sealed_secret = ${sealSecret(world.endpointKey, secret.value)}
      where id = ${id} and sealed_secret = ${sealed}`;
    count += updated.count;
  }
  return count;
}
