import type { Sql } from "@/db/client";
import type { TestWorld } from "./world";

/** All announcements that wait in the outbox are in the inbox and were handed to mail, as the worker would have done. */
export async function tellAll(
  world: TestWorld & { owner: Sql },
  state: "sent" | "undeliverable" = "sent",
): Promise<void> {
  const now = world.clock.now();
  await world.owner`
    insert into notices (customer_id, id, topic, subject, body, link, state, attempts, created_at, sent_at)
    select customer_id, id, topic, 'told', 'told', '', ${state}, 1, ${now}, ${state === "sent" ? now : null}
    from outbox where topic = 'reminder' and handled_at is null`;
  await world.owner`update outbox set handled_at = ${now} where handled_at is null`;
}
