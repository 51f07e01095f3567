import type { Database } from "@/db/client";

/**
 * Does an act as soon as it is notified on the channel, by a transaction that committed, until it is stopped. Whoever asked
 * while nobody listened is not heard: what is there at the first moment, and after a connection that was lost, is looked
 * for at once.
 */
export async function wakeOn(
  { sql }: Database,
  channel: string,
  act: () => Promise<void>,
): Promise<{ stop(): Promise<void> }> {
  const wake = () => void act();
  const { unlisten } = await sql.listen(channel, wake, wake);
  return { stop: unlisten };
}
