import { context } from "@/lib/auth/context";
import { hostNameOf } from "@/lib/auth/host";
import { createMailer, type Mailer } from "@/lib/mail/mailer";

/** By what a mail of staff's goes out, and what it calls the portal. */
export interface StaffMailing {
  mailer: Mailer;
  hostName: string;
  locale: string;
}

/** The mailing of this process, in the name that the host has given itself. */
export async function staffMailing(locale: string): Promise<StaffMailing> {
  const { settings, staff } = context();
  const hostName = await hostNameOf(staff.sql, settings.hostName);
  return { mailer: createMailer(settings), hostName, locale };
}
