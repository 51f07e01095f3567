import type { ReservedSql } from "@/db/client";
import type { MembershipRole } from "@/lib/auth/actor";
import { isSameAddress, type MailMember, mainAddressChoices } from "@/lib/auth/main-address";
import type { World } from "@/lib/billing/world";
import type { InvitationId, UserId } from "@/lib/kernel/id";
import { copiesInQuestion, type MailAddresses, type MailRights, namedCopies } from "./mail-addresses";
import { may } from "./permit";
import { readAs } from "./scoped";
import type { CustomerActor } from "./shapes";
import { portalWorld } from "./world";

export interface MemberView {
  readonly userId: UserId;
  readonly name: string;
  readonly email: string;
  readonly role: MembershipRole;
  readonly joinedAt: Date;
  readonly isSelf: boolean;
  /** False for a user who was disabled. */
  readonly canSignIn: boolean;
  /** What is asked about mail when they go; null where this reader cannot remove them. */
  readonly mail: MemberMail | null;
}

/** What a member's removal changes of the mail about invoices. */
export interface MemberMail {
  /** Whose address may become the main one; null where theirs is not it. */
  readonly mainChoices: readonly string[] | null;
  /** Copies that may stop; `isTheirs` where it is their address, or they have added it. */
  readonly copies: readonly { address: string; isTheirs: boolean }[];
  /** All copies as they are now, by `namedCopies`. */
  readonly seenCopies: string;
}

export interface InvitationRow {
  readonly id: InvitationId;
  readonly email: string;
  readonly role: MembershipRole;
  readonly expiresAt: Date;
  readonly isExpired: boolean;
}

export interface MembersView {
  /** The customer's name. */
  readonly customer: string;
  readonly members: readonly MemberView[];
  /** Neither accepted nor withdrawn. */
  readonly invitations: readonly InvitationRow[];
  readonly canChange: boolean;
}

/** Who belongs to the customer, the first first, and who is invited. Throws AccessDenied to who is no member. */
export function showMembers(actor: CustomerActor, world: World = portalWorld()): Promise<MembersView> {
  const { customerId, userId } = actor;
  const now = world.clock.now();
  return readAs(world, actor, async (sql) => {
    const [canChange, ofMain, ofCopies, [customer], members, invitations, added] = await Promise.all([
      may(sql, actor, "members.change"),
      may(sql, actor, "company.change"),
      may(sql, actor, "recipients.change"),
      sql`select name, email as main, invoice_recipients as copies from customers where id = ${customerId}`,
      sql`
        select m.user_id, m.role, m.created_at, u.name, u.email, u.disabled_at is null as can_sign_in
        from memberships m join users u on u.id = m.user_id
        where m.customer_id = ${customerId} order by m.created_at, m.user_id`,
      sql`
        select id, email, role, expires_at from invitations
        where customer_id = ${customerId} and accepted_at is null and withdrawn_at is null order by id`,
      readWhoAdded(sql, actor),
    ]);
    const people: MailMember[] = members.map((row) => ({
      userId: row.user_id,
      email: row.email,
      role: row.role,
      canSignIn: row.can_sign_in,
    }));
    const mailOf = (leaving: MailMember) =>
      canChange || leaving.userId === userId
        ? memberMail(
            { main: customer?.main ?? "", copies: customer?.copies ?? [] },
            { people, leaving, reader: userId, added, rights: { ofMain, ofCopies } },
          )
        : null;
    return {
      customer: customer?.name ?? "",
      canChange,
      members: people.map((one, at) => ({
        ...one,
        name: members[at]?.name,
        joinedAt: members[at]?.created_at,
        isSelf: one.userId === userId,
        mail: mailOf(one),
      })),
      invitations: invitations.map((row) => ({
        id: row.id,
        email: row.email,
        role: row.role,
        expiresAt: row.expires_at,
        isExpired: row.expires_at <= now,
      })),
    };
  });
}

/** Who added each address last that gets copies, by the record. */
async function readWhoAdded(
  sql: ReservedSql,
  { customerId }: CustomerActor,
): Promise<ReadonlyMap<string, UserId>> {
  const rows = await sql<{ address: string; userId: UserId }[]>`
    select distinct on (added.address) added.address, a.user_id as "userId"
    from activities a cross join lateral jsonb_array_elements_text(a.detail->'added') as added(address)
    where a.customer_id = ${customerId} and a.verb = 'recipients_changed' and a.user_id is not null
    order by added.address, a.id desc`;
  return new Map(rows.map(({ address, userId }) => [address, userId]));
}

function memberMail(
  { main, copies }: MailAddresses,
  about: {
    people: readonly MailMember[];
    leaving: MailMember;
    /** Their own address is proposed first. */
    reader: UserId;
    added: ReadonlyMap<string, UserId>;
    rights: MailRights;
  },
): MemberMail {
  const { people, leaving, reader, added, rights } = about;
  const staying = people.filter((one) => one !== leaving);
  const byReader = staying.toSorted((a, b) => Number(b.userId === reader) - Number(a.userId === reader));
  return {
    mainChoices: isSameAddress(main, leaving.email)
      ? mainAddressChoices(byReader, rights).map(({ email }) => email)
      : null,
    copies: copiesInQuestion(copies, people, leaving, rights).map((address) => ({
      address,
      isTheirs: isSameAddress(address, leaving.email) || added.get(address) === leaving.userId,
    })),
    seenCopies: namedCopies(copies),
  };
}
