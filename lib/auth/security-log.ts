import type { UserId } from "@/lib/kernel/id";
import { writeLog } from "@/lib/kernel/log";
import { isEmail, normalEmail } from "./email-address";

/** What is worth finding again when somebody asks who got in, and how. OWASP ASVS 5.0, 16.3. */
export interface SecurityEvent {
  event:
    | "sign_in"
    | "sign_out"
    | "password_reset_asked"
    | "password_reset"
    | "password_change"
    | "sessions_end"
    | "invitation"
    | "first_admin"
    | "staff_invite"
    | "action"
    | "login_disabled";
  /** `ok`, or the code of the refusal. */
  outcome: string;
  address?: string;
  userId?: UserId;
  /** The account's address as it was typed; left out where it is none: people type their password into the wrong field. */
  account?: string;
  /** Of an action: whom it is for. */
  kind?: string;
}

/** One line of the log. Never what was typed, but for an account's address. */
export function logSecurityEvent({ event, account, ...more }: SecurityEvent): void {
  const name = account === undefined ? undefined : normalEmail(account);
  const known = name !== undefined && isEmail(name) ? { account: name } : {};
  writeLog("info", event, { log: "security", ...more, ...known });
}
