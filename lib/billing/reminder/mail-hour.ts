import type { ReservedSql, Sql } from "@/db/client";

/** The hour of the billing time zone at which customers are reminded by mail, where the host sets no other. */
export const usualMailHour = 9;

/** The last one leaves an hour of the same day for what follows it. */
export const mailHourMost = 22;

/** Under which name the table of jobs has the day's pass of reminding: when it began and when it was complete. */
export const dailyPass = "reminders of the day";

/** The host's hour of mails, within a query. */
export const mailHourSql = `coalesce((select (h.value #>> '{}')::int from settings h where h.key = 'mail_hour'), ${usualMailHour})`;

/** The host's hour of mails. */
export async function readMailHour(sql: Sql | ReservedSql): Promise<number> {
  const [row] = await sql`select ${sql.unsafe(mailHourSql)} as hour`;
  return row?.hour;
}
