import { transact } from "@/db/transaction";
import { hostNameOf } from "@/lib/auth/host";
import type { LoginMail } from "@/lib/auth/login-mail";
import { openResetToken, resetMinutes } from "@/lib/auth/password-reset";
import { nameForMail } from "@/lib/auth/plain-name";
import type { Clock } from "@/lib/kernel/clock";
import { writeLog } from "@/lib/kernel/log";
import { loginMail } from "@/lib/mail/login-mail";
import type { Mail } from "@/lib/mail/mailer";
import { passwordResetMail } from "@/lib/mail/password-reset-mail";
import type { Delivery } from "./deliver-outbox";

type Row = LoginMail & { id: string; email: string; attempts: number; createdAt: Date };

interface Person {
  /** Null for an address that is a customer's and nobody's login. */
  userId: string | null;
  name: string;
  email: string;
  locale: string;
}

const attemptsMost = 10;

/** Who asked for a link gets the same one again, but their mailbox is not flooded by others. */
const resetEveryMs = 5 * 60_000;

/**
 * Sends what people are to be written about their logins. To an address that nobody has, nothing is sent. Returns how
 * many were; throws at the end if any was given up, which staff see as the job's failure.
 */
export async function deliverLoginMails(given: Delivery & { wallClock?: Clock }, most = 50): Promise<number> {
  const { world } = given;
  const clock = given.wallClock ?? world.clock;
  const rows = await claim(given, clock, most);
  if (rows.length === 0) return 0;
  const host = { ...given.host, name: await hostNameOf(world.jobs.sql, given.host.name) };
  let sent = 0;
  const parked: string[] = [];
  for (const row of rows) {
    const state = await sendOne({ ...given, host }, clock, row).catch((error: unknown) => {
      const message = error instanceof Error ? error.message : "fault";
      writeLog("error", "mail_fault", { loginMailId: row.id, message });
      return "waiting" as const;
    });
    if (state === "sent") sent += 1;
    if (state === "parked" || (state === "waiting" && row.attempts >= attemptsMost)) parked.push(row.id);
    const ends = parked.includes(row.id) ? "parked" : state;
    if (ends !== "waiting") {
      await world.jobs.sql`update login_mails set state = ${ends} where id = ${row.id} and state = 'waiting'`;
    }
  }
  if (parked.length > 0) {
    throw new Error(
      `${parked.length} mails about logins were not taken by any mail server: ${parked.join(", ")}`,
    );
  }
  return sent;
}

/** Takes what is due: another worker leaves it alone until its next attempt, which comes later each time. */
function claim({ world }: Delivery, clock: Clock, most: number): Promise<Row[]> {
  const now = clock.now();
  return transact(
    world.jobs,
    {},
    ({ sql }) => sql<Row[]>`
      update login_mails m set attempts = m.attempts + 1,
        next_attempt_at = ${now}::timestamptz + least(3600, 15 * 2 ^ m.attempts) * interval '1 second'
      from (
        select id from login_mails
        where state = 'waiting' and (attempts = 0 or next_attempt_at <= ${now})
        order by created_at, id limit ${most} for update skip locked
      ) due
      where m.id = due.id
      returning m.id, m.kind, m.email, m.detail, m.attempts, m.created_at as "createdAt"`,
  );
}

async function sendOne(
  delivery: Delivery,
  clock: Clock,
  row: Row,
): Promise<"sent" | "dropped" | "waiting" | "parked"> {
  const [person] = await delivery.world.jobs.sql<Person[]>`
    select id as "userId", name, email, coalesce(locale, 'en') as locale from users where email = ${row.email} and disabled_at is null`;
  const reader = person ?? companyOf(row);
  const mail = reader && (await written(delivery, clock, row, reader));
  if (!mail) return "dropped";
  const answer = await delivery.mailer.sendMail({ ...mail, id: row.id });
  if (answer.ok) return "sent";
  return answer.refusal.code === "mail_not_taken" ? "waiting" : "parked";
}

/** A customer's main address is written to as the company: it need not be a login, or one that may still sign in. */
function companyOf(row: Row): Person | null {
  if (row.kind !== "main_address_changed") return null;
  const { customer, locale } = row.detail;
  return { userId: null, name: nameForMail(customer), email: row.email, locale };
}

async function written(
  { world, host }: Delivery,
  clock: Clock,
  row: Row,
  person: Person,
): Promise<Mail | null> {
  const { locale, name, email, userId } = person;
  const recipient = { name, email };
  if (row.kind !== "password_reset") {
    const detail = Object.fromEntries(
      Object.entries(row.detail).map(([key, text]) => [key, inMail(key, text)]),
    );
    const { timeZone } = world;
    return loginMail(row.kind, { locale, timeZone, recipient, host, at: row.createdAt, detail });
  }
  const since = new Date(clock.now().getTime() - resetEveryMs);
  const [lately] = await world.jobs.sql`
    select 1 from login_mails where email = ${email} and kind = 'password_reset' and id <> ${row.id}
      and created_at > ${since} and (state = 'sent' or state = 'waiting' and (created_at, id) < (${row.createdAt}, ${row.id}))
    limit 1`;
  if (lately || userId === null) return null;
  const token = await openResetToken({ jobs: world.jobs, clock, key: world.resetKey.now }, userId);
  return passwordResetMail({
    locale,
    recipient,
    host,
    url: `${host.url}/reset/${token}`,
    minutes: resetMinutes,
  });
}

/** Names of people and companies must not be links. What we know to be an address, or a host, is shown as it is. */
function inMail(key: string, text: unknown): string {
  return key === "email" || key === "address" || key === "host" ? String(text) : nameForMail(String(text));
}
