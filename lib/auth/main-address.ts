import type { ReservedSql } from "@/db/client";
import type { Clock } from "@/lib/kernel/clock";
import type { CustomerId, UserId } from "@/lib/kernel/id";
import type { MembershipRole } from "./actor";
import { normalEmail } from "./email-address";
import { askForMail } from "./login-mail";

/** A member, as far as mail about invoices is concerned. */
export interface MailMember {
  readonly userId: UserId;
  readonly email: string;
  readonly role: MembershipRole;
  readonly canSignIn: boolean;
}

/** Whose address may become the main one: they have proved that they read mail there, by the link that let them in. */
export function mainAddressChoices(
  members: readonly MailMember[],
  { ofMain }: { readonly ofMain: boolean } = { ofMain: true },
): MailMember[] {
  return members.filter(({ canSignIn, role }) => canSignIn && (ofMain || role === "owner"));
}

export function isSameAddress(one: string, other: string): boolean {
  return normalEmail(one) === normalEmail(other);
}

export function readMailMembers(
  sql: ReservedSql,
  { customerId }: { customerId: CustomerId },
): Promise<MailMember[]> {
  return sql<MailMember[]>`
    select m.user_id as "userId", u.email, m.role, u.disabled_at is null as "canSignIn"
    from memberships m join users u on u.id = m.user_id
    where m.customer_id = ${customerId} order by m.created_at, m.user_id`;
}

/**
 * Writes the new main address and asks for the mails to both; returns the addresses for the record. Under the lock of the
 * members. Stripe is told by the job that tells it of changed names and addresses.
 */
export async function writeMainAddress(
  sql: ReservedSql,
  clock: Clock,
  { customerId, to }: { customerId: CustomerId; to: string },
): Promise<{ from: string; to: string } | null> {
  const [customer] = await sql<{ name: string; email: string; locale: string }[]>`
    select name, email, locale from customers where id = ${customerId}`;
  if (!customer) return null;
  const { name, email: from, locale } = customer;
  await sql`update customers set email = ${to} where id = ${customerId}`;
  const detail = { customer: name, address: from, email: to, locale };
  for (const email of [from, to]) {
    await askForMail(sql, clock, email, { kind: "main_address_changed", detail });
  }
  return { from, to };
}
