import type { ReservedSql } from "@/db/client";
import { type Transaction, transact } from "@/db/transaction";
import { hostNameOf } from "@/lib/auth/host";
import { lockMembers } from "@/lib/auth/lock-members";
import type { MemberRightName } from "@/lib/auth/member-rights";
import { hasHostName } from "@/lib/auth/plain-name";
import { taxIdProblem } from "@/lib/billing/invoice/tax-id";
import type { World } from "@/lib/billing/world";
import { newId } from "@/lib/kernel/id";
import { ok, type Refusal, type Result, refuse } from "@/lib/kernel/result";
import { type CompanyRefusal, companyOf, type RecipientsRefusal, recipientsOf } from "./company-input";
import { may } from "./permit";
import type { CustomerActor } from "./shapes";
import { portalWorld } from "./world";

type NotAllowed = { code: "not_allowed" };

/**
 * Changes what is printed of the customer on the invoices to come, and the language of mails and papers. Invoices that
 * were issued keep what they say. For owners of a customer that is not closed.
 */
export async function changeCompany(
  actor: CustomerActor,
  input: { name: string; address: string; taxId: string; locale: "en" | "zh"; hostName?: string },
  world: World = portalWorld(),
): Promise<Result<undefined, CompanyRefusal | NotAllowed>> {
  const read = companyOf(input);
  if (!read.ok) return read;
  const { name, address, taxId, locale } = read.value;
  const about = { right: "company.change", verb: "company_changed" } as const;
  return change<CompanyRefusal>(world, actor, about, async (sql) => {
    const [[kept], hostName] = await Promise.all([
      sql`select name, country, tax_id from customers where id = ${actor.customerId}`,
      hostNameOf(sql, input.hostName ?? ""),
    ]);
    // A name that is kept already was given by staff, or before the host had its own.
    if (name !== kept?.name && hasHostName(name, hostName)) {
      return refuse({ code: "company_name_has_host", host: hostName });
    }
    // One that is kept already is not asked for again: its country may be read more strictly than it was.
    const problem = taxId !== null && taxId !== kept?.tax_id ? taxIdProblem(taxId, kept?.country) : null;
    if (problem) return refuse({ code: "company_tax_id_wrong", ...problem });
    await sql`
      update customers set name = ${name}, address = ${address}, tax_id = ${taxId}, locale = ${locale}
      where id = ${actor.customerId}`;
    return ok({});
  });
}

/**
 * Says who gets the mails about invoices; nobody named, they go to the customer's own address. For members who may
 * pay, of a customer that is not closed.
 */
export async function changeRecipients(
  actor: CustomerActor,
  { recipients }: { recipients: string },
  world: World = portalWorld(),
): Promise<Result<undefined, RecipientsRefusal | NotAllowed>> {
  const read = recipientsOf(recipients);
  if (!read.ok) return read;
  return change(world, actor, { right: "recipients.change", verb: "recipients_changed" }, async (sql) => {
    const [, [kept]] = await Promise.all([
      lockMembers(sql, actor),
      sql<{ copies: string[] }[]>`
        select invoice_recipients as copies from customers where id = ${actor.customerId}`,
    ]);
    const before = kept?.copies ?? [];
    await sql`
      update customers set invoice_recipients = ${read.value}::text[] where id = ${actor.customerId}`;
    return ok({
      added: read.value.filter((address) => !before.includes(address)),
      removed: before.filter((address) => !read.value.includes(address)),
    });
  });
}

/** Asks for the right, writes, and says in the record who did it, with what the writing returns. */
function change<R extends Refusal>(
  world: World,
  actor: CustomerActor,
  { right, verb }: { right: MemberRightName; verb: string },
  write: (sql: ReservedSql) => Promise<Result<object, R>>,
): Promise<Result<undefined, R | NotAllowed>> {
  const { customerId, userId } = actor;
  return transact(world.app, actor, async (tx: Transaction): Promise<Result<undefined, R | NotAllowed>> => {
    const { sql } = tx;
    if (!(await may(sql, actor, right))) return refuse({ code: "not_allowed" });
    const written = await write(sql);
    if (!written.ok) return written;
    tx.write(sql`
      insert into activities (customer_id, id, occurred_at, actor, user_id, subject, subject_id, verb, detail, is_visible)
      values (${customerId}, ${newId(world.clock)}, ${world.clock.now()}, 'customer', ${userId}, 'customer', ${customerId},
        ${verb}, ${JSON.stringify(written.value)}::text::jsonb, true)`);
    return ok();
  });
}
