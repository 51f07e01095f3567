import type { CustomerId, UserId } from "@/lib/kernel/id";
import { writeLog } from "@/lib/kernel/log";
import { isEmail, normalEmail } from "./email-address";

/** What is worth finding again when somebody asks who got in, and how. A test finds each where it is written. */
export const securityEvents = [
  "sign_in",
  "sign_out",
  "password_reset_asked",
  "password_reset",
  "password_change",
  "sessions_end",
  /** An invitation was accepted; of members and of staff. */
  "invitation",
  "staff_invite",
  "first_admin",
  /** Who belongs to a customer, and in which role. */
  "member_invited",
  "invitation_withdrawn",
  "member_changed",
  "member_removed",
  /** Where mail about a customer's invoices goes. */
  "main_address_changed",
  "login_switched",
  "staff_invited",
  "staff_invite_withdrawn",
  "staff_changed",
  /** An action was refused to who asked for it. */
  "action",
  /** A request was refused before any action. */
  "request",
] as const;

/** OWASP ASVS 5.0, 16.3. */
export interface SecurityEvent {
  event: (typeof securityEvents)[number];
  /** `ok`, or the code of the refusal. */
  outcome: string;
  address?: string;
  userId?: UserId;
  /** The account's address as it was typed; left out where it is none: people type their password into the wrong field. */
  account?: string;
  customerId?: CustomerId;
  /** Of an action: whom it is for, and what it is called. */
  kind?: string;
  action?: string;
  /** Of a change: whose access it is (a user's or an invitation's id, or the address that was invited), and what it becomes. */
  subject?: string;
  invited?: string;
  change?: string;
}

/** One line of the log. Never what was typed, but for addresses of accounts and of who is invited. */
export function logSecurityEvent({ event, account, invited, ...more }: SecurityEvent): void {
  const typed = { account: addressOf(account), invited: addressOf(invited) };
  writeLog("info", event, { log: "security", ...more, ...typed });
}

/** JSON leaves out what is undefined. */
function addressOf(typed: string | undefined): string | undefined {
  const address = typed === undefined ? "" : normalEmail(typed);
  return isEmail(address) ? address : undefined;
}
