import type { ReservedSql, Sql } from "@/db/client";
import { transact } from "@/db/transaction";
import type { Clock } from "@/lib/kernel/clock";
import { type CustomerId, uuidv7 } from "@/lib/kernel/id";
import type { Context } from "./context";
import { memberRights } from "./member-rights";

/** What the worker writes to somebody about a login, and what of it the mail says. Never a secret. */
export type LoginMail =
  | { kind: "password_reset"; detail: Record<string, never> }
  | { kind: "password_changed"; detail: Record<string, never> }
  | { kind: "new_device"; detail: { address: string } }
  | { kind: "new_owner"; detail: { name: string; email: string; customer: string } }
  | {
      kind: "main_address_changed";
      /** From this address to that. The old one may be nobody's login: it is written to all the same, in this language. */
      detail: { customer: string; address: string; email: string; locale: string };
    }
  | { kind: "new_admin"; detail: { name: string; email: string } }
  | { kind: "bank_account_changed"; detail: { by: string } }
  | { kind: "endpoint_added"; detail: { by: string; host: string } };

type Tag = Sql | ReservedSql;

/** Asks for a mail, in the transaction that makes it necessary. */
export async function askForMail(
  sql: Tag,
  clock: Clock,
  email: string,
  { kind, detail }: LoginMail,
): Promise<void> {
  const now = clock.now();
  await sql`
    insert into login_mails (id, kind, email, detail, created_at, next_attempt_at)
    values (${uuidv7(clock)}, ${kind}, ${email}, ${JSON.stringify(detail)}::text::jsonb, ${now}, ${now})`;
}

/** The same to everybody who is an admin of the host now. */
export async function askForMailToAdmins(sql: Tag, clock: Clock, mail: LoginMail): Promise<void> {
  const admins = await sql<{ email: string }[]>`
    select u.email from staff s join users u on u.id = s.user_id
    where s.role = 'admin' and s.disabled_at is null and u.disabled_at is null order by u.id limit 100`;
  for (const { email } of admins) await askForMail(sql, clock, email, mail);
}

/** The same to every owner of a customer, in a transaction that sees it. */
export async function askForMailToOwners(
  sql: Tag,
  clock: Clock,
  customerId: CustomerId,
  mail: LoginMail,
): Promise<void> {
  const owners = await sql<{ email: string }[]>`
    select u.email from memberships m join users u on u.id = m.user_id
    where m.customer_id = ${customerId} and m.role = any(${[...memberRights["members.change"].roles]}::text[])
      and u.disabled_at is null order by u.id limit 100`;
  for (const { email } of owners) await askForMail(sql, clock, email, mail);
}

/** Asks for a mail outside of any other transaction. */
export function askForMailNow(
  { app, clock }: Pick<Context, "app" | "clock">,
  email: string,
  mail: LoginMail,
): Promise<void> {
  return transact(app, {}, ({ sql }) => askForMail(sql, clock, email, mail));
}
