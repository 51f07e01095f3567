import type { Database, ReservedSql } from "@/db/client";
import { transact } from "@/db/transaction";
import type { CustomerId, PaymentMethodId, UserId } from "@/lib/kernel/id";
import type { CardRefusal } from "../card/chosen-card";
import { Decision } from "../decision";
import { write } from "../payment/write";
import type { World } from "../world";
import { chooseCard } from "./choose-card";

export interface DefaultCardInput {
  customerId: CustomerId;
  userId: UserId;
  cardId: PaymentMethodId;
  /** The network address that it came from; kept with what was agreed to. */
  address: string | null;
  permit: (sql: ReservedSql) => Promise<boolean>;
}

export type DefaultCardRefusal = { code: "not_allowed" } | CardRefusal;

/** Makes a card the default, which Autopay and auto top-up charge from now on where they are on. Nothing is charged by it. */
export function chooseDefaultCard(
  world: World,
  database: Database,
  { customerId, userId, cardId, address, permit }: DefaultCardInput,
): Promise<{ ok: true; last4: string } | { ok: false; refusal: DefaultCardRefusal }> {
  const { clock, timeZone } = world;
  return transact(database, { customerId, userId }, async (tx) => {
    if (!(await permit(tx.sql))) return { ok: false, refusal: { code: "not_allowed" } };
    const choice = { customerId, userId, cardId, address, turnsOn: null };
    const chosen = await chooseCard(tx.sql, world, choice);
    if (!chosen.ok) return chosen;
    const context = { customerId, now: clock.now(), clock, timeZone, actor: "customer" as const, userId };
    const decision = new Decision(context, []);
    const detail = { paymentMethodId: cardId };
    decision.record({ subject: "customer", subjectId: customerId, verb: "default_card_chosen", detail });
    write(tx, customerId, decision);
    return { ok: true, last4: chosen.card.last4 };
  });
}
