import { createHash } from "node:crypto";
import { transact } from "@/db/transaction";
import { ensureHouse, houseCustomerId } from "@/lib/billing/house";
import type { World } from "@/lib/billing/world";
import { uuidv7 } from "@/lib/kernel/id";
import { writeLog } from "@/lib/kernel/log";

const kind = "bounce_unreadable";
/** Of the message, for staff to see who wrote it. Its size and hash tell which it was. */
const shownMost = 600;
/** Anybody may write to that address: what comes while so many are open is in the log alone. */
const openMost = 10;

/** Shows staff a message to the address for bounces that cannot be read, once however often it is handed in. */
export async function parkBounce(world: World, raw: Buffer, reason: string): Promise<void> {
  const hash = createHash("sha256").update(raw).digest("hex");
  writeLog("warn", kind, { reason, hash, bytes: raw.length });
  const begin = raw
    .subarray(0, shownMost)
    .toString("utf8")
    .replace(/[^\P{C}\n]/gu, "");
  const now = world.clock.now();
  await transact(world.jobs, { customerId: houseCustomerId }, async ({ sql }) => {
    await sql`select pg_advisory_xact_lock(hashtextextended('mallard unreadable bounces', 0))`;
    const open = await sql`
      select subject_id from tasks where customer_id = ${houseCustomerId} and kind = ${kind} and done_at is null`;
    if (open.length >= openMost || open.some((task) => task.subject_id === hash)) return;
    await ensureHouse(sql, now);
    await sql`
      insert into tasks (customer_id, id, kind, subject, subject_id, detail, created_at)
      values (${houseCustomerId}, ${uuidv7(world.clock)}, ${kind}, 'customer', ${hash},
        ${sql.json({ reason, bytes: String(raw.length), begin })}, ${now})`;
  });
}
