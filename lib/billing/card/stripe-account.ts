import { transact } from "@/db/transaction";
import type { StripeAccount } from "@/lib/gateway/port";
import { uuidv7 } from "@/lib/kernel/id";
import { ensureHouse, houseCustomerId } from "../house";
import type { World } from "../world";

/**
 * Whether the keys are of the account that our ids are of. `unknown`: Stripe does not answer, or keeps a restricted key
 * from saying.
 */
export type AccountStanding = "ours" | "other" | "unknown";

/** The task that asks staff whether a change of account is meant. */
export const accountKind = "stripe_account_changed";

/**
 * Compares the account of the keys with the one that is ours; the first that is ever seen becomes it. Keys of another one
 * see none of our customers and cards, so nothing may be forgotten on their word: staff are asked whether the change is
 * meant, and until they have said so nobody is charged while they are away. The right keys end that question.
 */
export async function accountStanding(world: World): Promise<AccountStanding> {
  const read = await world.gateway.readAccount();
  if (read.outcome !== "succeeded") return "unknown";
  const seen = read.value;
  const [known] = await world.jobs.sql`
    select is_ours, exists (select from tasks where customer_id = ${houseCustomerId} and kind = ${accountKind}
      and done_at is null) as is_asked
    from stripe_accounts where id = ${seen.id} and is_live = ${seen.isLive}`;
  if (known && known.is_ours !== known.is_asked) return known.is_ours ? "ours" : "other";
  return noteAccount(world, seen);
}

/** Of several processes at once, one puts the question there. */
function noteAccount(world: World, seen: StripeAccount): Promise<AccountStanding> {
  const now = world.clock.now();
  return transact(world.jobs, { customerId: houseCustomerId }, async ({ sql }) => {
    await sql`select pg_advisory_xact_lock(hashtextextended('mallard stripe account', 0))`;
    await ensureHouse(sql, now);
    await sql`
      insert into stripe_accounts (id, is_live, first_seen_at, is_ours)
      values (${seen.id}, ${seen.isLive}, ${now}, not exists (select from stripe_accounts where is_ours))
      on conflict do nothing`;
    const [ours] = await sql`select id, is_live from stripe_accounts where is_ours`;
    const [asked] = await sql`
      select id, detail from tasks where customer_id = ${houseCustomerId} and kind = ${accountKind} and done_at is null`;
    const isOurs = ours?.id === seen.id && ours?.is_live === seen.isLive;
    const detail = isOurs ? null : questionOf(seen, { id: ours?.id, isLive: ours?.is_live });
    const isSame =
      detail !== null && asked?.detail.accountId === seen.id && asked?.detail.mode === detail.mode;
    if (asked && !isSame) {
      await sql`update tasks set done_at = ${now} where customer_id = ${houseCustomerId} and id = ${asked.id}`;
    }
    if (detail && !isSame) {
      await sql`
        insert into tasks (customer_id, id, kind, subject, subject_id, detail, created_at)
        values (${houseCustomerId}, ${uuidv7(world.clock)}, ${accountKind}, 'stripe_account', ${seen.id},
          ${sql.json(detail)}, ${now})`;
    }
    return isOurs ? "ours" : "other";
  });
}

function questionOf(seen: StripeAccount, ours: StripeAccount): Record<string, string> {
  return { accountId: seen.id, mode: modeOf(seen), oursId: ours.id, oursMode: modeOf(ours) };
}

/** As tasks and the record name it. */
export function modeOf({ isLive }: Pick<StripeAccount, "isLive">): "live" | "test" {
  return isLive ? "live" : "test";
}
