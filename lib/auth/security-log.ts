import type { UserId } from "@/lib/kernel/id";

/** What is worth finding again when somebody asks who got in, and how. OWASP ASVS 5.0, 16.3. */
export interface SecurityEvent {
  event:
    | "sign_in"
    | "sign_out"
    | "password_reset"
    | "password_change"
    | "invitation"
    | "first_admin"
    | "staff_invite";
  /** `ok`, or the code of the refusal. */
  outcome: string;
  address?: string;
  userId?: UserId;
}

/** One line of the log. Never what was typed: people type their password into the wrong field. */
export function logSecurityEvent(event: SecurityEvent): void {
  console.info(JSON.stringify({ level: "info", ...event }));
}
