import { type Hour, longDates, missing, type Notice, names, type Untrue } from "./comparing";
import type { DemoStage } from "./demo-stage";

/** What is told to run again was suspended up to now, runs, and until the day that the mail names. */
export async function falseRestored(stage: DemoStage, notice: Notice, since: Date): Promise<Untrue[]> {
  const { owner, world } = stage;
  const { customerId, text, locale } = notice;
  const rows = await owner`
    select s.label, s.state, s.expires_at, exists (select from activities a where a.customer_id = s.customer_id
      and a.subject_id = s.id and a.verb = 'service_resumed' and a.occurred_at >= ${since}) as is_resumed
    from services s where s.customer_id = ${customerId} order by s.label`;
  const named = rows.filter(({ label }) => names(text, label));
  const rule = "what is told as restored is, until the day that is told";
  if (named.length === 0) return [{ rule, detail: text }];
  const dates = longDates(locale, world.timeZone);
  return named
    .filter(
      (row) => row.state !== "active" || !row.is_resumed || !text.includes(dates.format(row.expires_at)),
    )
    .map(({ label, state, expires_at }) => ({
      rule,
      detail: `${label} is ${state}, until ${expires_at.toISOString()}: ${text}`,
    }));
}

/** What runs again is told by the same run of the jobs, in a mail of its own, unless it was stopped again before. */
export async function restoredUntold({ owner }: DemoStage, { since, now }: Hour) {
  const rows = await owner`
    select s.label as number, a.occurred_at, array(
      select n.subject || E'\\n' || n.body from notices n where n.customer_id = a.customer_id and n.state = 'sent'
        and n.topic = 'service.resumed' and n.sent_at >= a.occurred_at and n.sent_at <= ${now}) as mails,
      exists (select from activities b where b.customer_id = a.customer_id and b.subject_id = a.subject_id
        and b.verb in ('service_suspended', 'service_terminated') and b.occurred_at > a.occurred_at) as is_stopped
    from activities a join services s on s.customer_id = a.customer_id and s.id = a.subject_id
    -- Money arrives at the very instant of the run before.
    where a.verb = 'service_resumed' and a.occurred_at >= ${since} and a.occurred_at <= ${now}`;
  const judged = rows.map(({ number, mails, is_stopped }) => ({
    number,
    is_told: is_stopped || mails.some((text: string) => names(text, number)),
  }));
  return missing(judged, "what runs again was told");
}
