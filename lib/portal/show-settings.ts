import type { MembershipRole } from "@/lib/auth/actor";
import { mainAddressChoices, readMailMembers } from "@/lib/auth/main-address";
import type { World } from "@/lib/billing/world";
import { type MailFailure, readUnreached } from "@/lib/mail/mail-failures";
import type { Company } from "./company-input";
import { may } from "./permit";
import { readAs } from "./scoped";
import type { CustomerActor } from "./shapes";
import { portalWorld } from "./world";

/** The customer's settings, and which of them this member may change. */
export interface SettingsView {
  readonly company: Company & { readonly email: string; readonly country: string };
  readonly recipients: readonly string[];
  /** Members' addresses that may become the main one. */
  readonly mainChoices: readonly string[];
  /** Those addresses, the company's own among them, that the last mail to them did not reach. */
  readonly unreached: readonly MailFailure[];
  readonly role: MembershipRole;
  readonly canChangeCompany: boolean;
  readonly canChangeRecipients: boolean;
  readonly canExport: boolean;
}

/** The settings as they are now. Throws AccessDenied to who is no member. */
export function showSettings(actor: CustomerActor, world: World = portalWorld()): Promise<SettingsView> {
  return readAs(world, actor, async (sql) => {
    const [[row], canChangeCompany, canChangeRecipients, canExport, unreached, members] = await Promise.all([
      sql`
        select c.name, c.email, c.country, c.address, c.tax_id, c.locale, c.invoice_recipients, m.role
        from customers c left join memberships m on m.customer_id = c.id and m.user_id = ${actor.userId}
        where c.id = ${actor.customerId}`,
      may(sql, actor, "company.change"),
      may(sql, actor, "recipients.change"),
      may(sql, actor, "data.export"),
      readUnreached(sql, actor.customerId),
      readMailMembers(sql, actor),
    ]);
    const { name, email, country, address, locale, role } = row ?? {};
    return {
      company: { name, email, country, address, taxId: row?.tax_id, locale },
      recipients: row?.invoice_recipients ?? [],
      mainChoices: mainAddressChoices(members).map((member) => member.email),
      unreached,
      role,
      canChangeCompany,
      canChangeRecipients,
      canExport,
    };
  });
}
