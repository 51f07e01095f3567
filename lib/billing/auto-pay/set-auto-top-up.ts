import type { Database, ReservedSql } from "@/db/client";
import { transact } from "@/db/transaction";
import type { CustomerId, UserId } from "@/lib/kernel/id";
import { type Money, money } from "@/lib/kernel/money";
import { type CardRefusal, chosenCard } from "../card/chosen-card";
import { defaultCard, lockCards } from "../card/default-card";
import { Decision } from "../decision";
import { topUpMostMinor } from "../payment/top-up-amount";
import { write } from "../payment/write";
import type { World } from "../world";
import { chooseCard } from "./choose-card";

export interface AutoTopUpInput {
  customerId: CustomerId;
  userId: UserId;
  /** Null: off; what was set stays for the next time. Of one currency. */
  settings: { threshold: Money; amount: Money; monthlyCap: Money } | null;
  currency: Money["currency"];
  /** The network address that it came from; kept with what was agreed to. */
  address: string | null;
  permit: (sql: ReservedSql) => Promise<boolean>;
}

export type AutoTopUpRefusal =
  | { code: "not_allowed" }
  /** No card is saved. */
  | { code: "no_card" }
  /** The default card cannot be charged. */
  | CardRefusal
  | { code: "top_up_too_small"; least: Money }
  | { code: "top_up_too_large"; most: Money }
  | { code: "top_up_uneven"; step: Money }
  | { code: "cap_below_amount" };

/**
 * Turns auto top-up on with its threshold, amount and monthly cap, or off (domain.md, Renewing: off unless turned on). It
 * charges the default card, as Autopay does; both go on where a refusal had stopped them. Nothing is charged by this.
 */
export function setAutoTopUp(
  world: World,
  database: Database,
  input: AutoTopUpInput,
): Promise<{ ok: true } | { ok: false; refusal: AutoTopUpRefusal }> {
  const { customerId, userId, settings, currency } = input;
  const { clock, timeZone } = world;
  const now = clock.now();
  return transact(database, { customerId, userId }, async (tx) => {
    const { sql } = tx;
    if (!(await input.permit(sql))) return { ok: false, refusal: { code: "not_allowed" } };
    const refusal = settings && amountRefusal(world, settings);
    if (refusal) return { ok: false, refusal };
    if (settings) {
      await lockCards(sql, customerId);
      const cardId = await defaultCard(sql, customerId);
      if (!cardId) return { ok: false, refusal: { code: "no_card" } };
      const found = await chosenCard(sql, customerId, cardId, { now, timeZone });
      if (!found.ok) return { ok: false, refusal: found.refusal };
      await keepSettings(sql, input, settings, now);
      const choice = { customerId, userId, cardId, address: input.address };
      await chooseCard(sql, world, { ...choice, turnsOn: { topUp: currency } });
    } else {
      await sql`
        update auto_top_ups set is_on = false, user_id = ${userId}, changed_at = ${now}
        where customer_id = ${customerId} and currency = ${currency} and is_on`;
    }
    const decision = new Decision({ customerId, now, clock, timeZone, actor: "customer", userId }, []);
    const verb = settings ? "auto_top_up_on" : "auto_top_up_off";
    decision.record({ subject: "customer", subjectId: customerId, verb, detail: { currency } });
    write(tx, customerId, decision);
    return { ok: true };
  });
}

async function keepSettings(
  sql: ReservedSql,
  { customerId, userId, currency }: AutoTopUpInput,
  { threshold, amount, monthlyCap }: NonNullable<AutoTopUpInput["settings"]>,
  now: Date,
): Promise<void> {
  await sql`
    insert into auto_top_ups (customer_id, currency, is_on, threshold_minor, amount_minor, monthly_cap_minor,
      user_id, changed_at)
    values (${customerId}, ${currency}, true, ${threshold.minor}, ${amount.minor}, ${monthlyCap.minor}, ${userId}, ${now})
    on conflict (customer_id, currency) do update set is_on = true, threshold_minor = excluded.threshold_minor,
      amount_minor = excluded.amount_minor, monthly_cap_minor = excluded.monthly_cap_minor,
      user_id = excluded.user_id, changed_at = excluded.changed_at`;
}

function amountRefusal(
  world: World,
  { amount, monthlyCap }: NonNullable<AutoTopUpInput["settings"]>,
): AutoTopUpRefusal | null {
  const { minimumMinor, stepMinor } = world.gateway.chargeLimits(amount.currency);
  const of = (minor: bigint) => money(minor, amount.currency);
  if (amount.minor < minimumMinor) return { code: "top_up_too_small", least: of(minimumMinor) };
  if (amount.minor > topUpMostMinor) return { code: "top_up_too_large", most: of(topUpMostMinor) };
  if (amount.minor % stepMinor !== 0n) return { code: "top_up_uneven", step: of(stepMinor) };
  return monthlyCap.minor < amount.minor ? { code: "cap_below_amount" } : null;
}
