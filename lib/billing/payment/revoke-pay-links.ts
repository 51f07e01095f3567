import type { Database, ReservedSql } from "@/db/client";
import { transact } from "@/db/transaction";
import { type CustomerId, type InvoiceId, uuidv7 } from "@/lib/kernel/id";
import type { World } from "../world";
import { payLinkUrl } from "./pay-link";

export interface RevokeWish {
  customerId: CustomerId;
  invoiceId: InvoiceId;
  actor: "customer" | "staff";
  userId: string;
  /** Asked in the transaction that revokes: may this user do it? */
  permit: (sql: ReservedSql) => Promise<boolean>;
}

export type RevokeRefusal =
  | { code: "not_allowed" }
  | { code: "invoice_not_found" }
  /** Nothing is due, and its links pay nothing. */
  | { code: "invoice_not_open"; number: string };

export type Revoked = { kind: "revoked"; url: string } | { kind: "refused"; refusal: RevokeRefusal };

/**
 * Ends every pay link of an open invoice that was ever given out, and answers with the one that works from now on. A
 * payment that was begun by an old one goes on: it is a payment like any other, and can be abandoned like any other.
 */
export async function revokePayLinks(world: World, database: Database, wish: RevokeWish): Promise<Revoked> {
  const { customerId, invoiceId, actor, userId } = wish;
  const scope = actor === "customer" ? { customerId, userId } : { customerId };
  const now = world.clock.now();
  return transact(database, scope, async ({ sql }): Promise<Revoked> => {
    const [isPermitted, [invoice]] = await Promise.all([
      wish.permit(sql),
      sql`select number, state from invoices where customer_id = ${customerId} and id = ${invoiceId}`,
    ]);
    if (!isPermitted) return { kind: "refused", refusal: { code: "not_allowed" } };
    if (!invoice) return { kind: "refused", refusal: { code: "invoice_not_found" } };
    if (invoice.state !== "open") {
      return { kind: "refused", refusal: { code: "invoice_not_open", number: invoice.number } };
    }
    const [link] = await sql`
      insert into pay_links as k (customer_id, invoice_id, generation, revoked_at)
      values (${customerId}, ${invoiceId}, 1, ${now})
      on conflict (customer_id, invoice_id) do update set generation = k.generation + 1, revoked_at = excluded.revoked_at
      returning generation`;
    await sql`
      insert into activities (customer_id, id, occurred_at, actor, user_id, subject, subject_id, verb, detail, is_visible)
      values (${customerId}, ${uuidv7(world.clock)}, ${now}, ${actor}, ${userId}, 'invoice', ${invoiceId},
        'pay_links_revoked', '{}', true)`;
    return {
      kind: "revoked",
      url: payLinkUrl(world, { customerId, invoiceId, generation: link?.generation }),
    };
  });
}
