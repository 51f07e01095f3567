import { usualMailHour } from "@/lib/billing/reminder/mail-hour";
import { calendarDay, daysBetween } from "@/lib/kernel/calendar";
import { formatMoney, money } from "@/lib/kernel/money";
import { type Hour, longDates, missing, type Notice, type Untrue } from "./comparing";
import type { DemoStage } from "./demo-stage";
import { falseRestored, restoredUntold } from "./restored-told";
import { falseRises, type MissedWhenTold } from "./shortfall-told";
import { falseSubject } from "./subject-told";

/** What was looked at, so that nobody takes a check of nothing for one that holds. */
export interface Compared {
  told: number;
  happened: number;
}

/**
 * Compares what people were told at this hour with what stands in the books at the same hour, and what happened up to now with
 * what they were told of it: read from the mails' own words, not from what the portal noted of them. To be asked once after each
 * run of the jobs, with the instant of the one before: mails are written last, so nothing has moved since. What was announced before
 * `start` was played, not run: it is not held to its day. `missed` is kept from one time to the next.
 */
export async function compareToldAndHappened(
  stage: DemoStage,
  since: Date,
  start: Date,
  missed: MissedWhenTold,
): Promise<{ untrue: Untrue[]; compared: Compared }> {
  const { owner, world } = stage;
  const now = world.clock.now();
  const rows = await owner`
    select n.id, n.topic, n.sent_at, n.subject || E'\n' || n.body as text, c.locale, n.customer_id from notices n
    join customers c on c.id = n.customer_id where n.sent_at > ${since} and n.sent_at <= ${now} order by n.id`;
  const notices = rows.map(
    (row): Notice => ({
      id: row.id,
      topic: row.topic,
      text: row.text,
      locale: row.locale,
      sentAt: row.sent_at,
      customerId: row.customer_id,
    }),
  );
  const untrue: Untrue[] = [];
  // The first run tells also what waited of the time before.
  const happenedFrom = since > start ? since : new Date(0);
  for (const notice of notices) untrue.push(...(await falseIn(stage, notice, happenedFrom)));
  untrue.push(...(await falseRises(stage, notices, missed)));
  const happened = await untoldOf(stage, { since, now, start });
  untrue.push(...happened.untrue, ...(await remindedTwice(stage, now, start)));
  return { untrue, compared: { told: notices.length, happened: happened.count } };
}

/** What a mail of this hour says and is not so. */
async function falseIn(stage: DemoStage, notice: Notice, since: Date): Promise<Untrue[]> {
  switch (notice.topic) {
    case "reminder":
      return [
        ...(await falseReminder(stage, notice)),
        ...(await falseStopAhead(stage, notice)),
        ...(await falseSubject(stage, notice)),
      ];
    case "service.suspended":
      return falseStop(stage, notice, "suspended");
    case "service.terminated":
      return falseStop(stage, notice, "terminated");
    case "service.resumed":
      return falseRestored(stage, notice, since);
    case "payment.succeeded":
    case "renewal.paid":
      return falseReceipt(stage, notice);
    default:
      return [];
  }
}

/**
 * A mail of reminding names what is open and that nobody is paying, asks for what is missing to the last unit and for nothing
 * that is not, says that the balance covers it exactly if it does, and goes out in the morning.
 */
async function falseReminder(stage: DemoStage, notice: Notice): Promise<Untrue[]> {
  const { owner } = stage;
  const { customerId, text, locale } = notice;
  const invoices = await owner`
    select i.number, i.state, i.currency, i.total_minor - i.amount_paid_minor - i.amount_credited_minor as remaining_minor,
      exists (select from invoice_claims k where k.customer_id = i.customer_id and k.invoice_id = i.id) as is_claimed,
      i.origin = 'renewal' and not exists (select from invoice_lines l join services s on s.customer_id = l.customer_id
        and s.id = l.service_id where l.customer_id = i.customer_id and l.invoice_id = i.id and not s.is_auto_renew) as is_auto_renew
    from invoices i where i.customer_id = ${customerId} and position(i.number in ${text}) > 0 order by i.number`;
  const found: Untrue[] = invoices
    .filter(({ state, is_claimed }) => state !== "open" || is_claimed)
    .map(({ number, state }) => ({ rule: "what is reminded of is open", detail: `${number} is ${state}` }));
  found.push(...untimely(stage, notice));
  const due = invoices.filter(({ number }) => !isToldAsCharged(text, number));
  for (const currency of new Set(due.map((row) => row.currency))) {
    const own = due.filter((row) => row.currency === currency);
    const sum = (rows: typeof own) =>
      rows.reduce((total, row) => total + (row.remaining_minor as bigint), 0n);
    const [balance] = await owner`
      select coalesce((select posted_minor - held_minor from balances where customer_id = ${customerId}
        and currency = ${currency}), 0) - coalesce((select sum(case when debit = 'customer_debt' then amount_minor
        else -amount_minor end) from transfers where customer_id = ${customerId} and currency = ${currency}
        and 'customer_debt' in (debit, credit)), 0)::bigint as minor`;
    const haveMinor = balance?.minor as bigint;
    const automatic = own.filter((row) => row.is_auto_renew);
    const shortMinor = automatic.length > 0 ? sum(automatic) - haveMinor : 0n;
    const said = (minor: bigint) => formatMoney(money(minor, currency), locale);
    const detail = `${own.map(({ number }) => number).join(", ")}: ${text}`;
    if (shortMinor > 0n && !text.includes(said(shortMinor)))
      found.push({ rule: "a reminder says what is missing", detail: `${said(shortMinor)} for ${detail}` });
    const isAsked = ["Add ", "充值"].some(
      (words) =>
        text.includes(`${words}${said(shortMinor)}`) || text.includes(`${words} ${said(shortMinor)}`),
    );
    if (shortMinor > 0n && !isAsked) found.push({ rule: "who is short is asked to add it", detail });
    if (
      shortMinor <= 0n &&
      /Add [^ ]+ (to|by)|充值 /.test(text) &&
      new Set(due.map((row) => row.currency)).size === 1
    )
      found.push({ rule: "who is not short is not asked to add funds", detail });
    if (shortMinor <= 0n && haveMinor >= sum(own) && !/covers this|足以支付/.test(text))
      found.push({ rule: "what the balance covers is paid from it", detail });
  }
  return found;
}

function isToldAsCharged(text: string, number: string): boolean {
  return (
    text.includes(`${number} · charged on`) ||
    (text.includes(`${number} · `) && new RegExp(`${number} · [^\\n]*扣款`).test(text))
  );
}

/** At the hour of mails, or the next at which the jobs ran; one a day is a unique key, and is looked at all the same. */
function untimely({ world, movable }: DemoStage, { id, sentAt, text }: Notice): Untrue[] {
  const hours = Number(
    new Intl.DateTimeFormat("en", { hour: "numeric", hourCycle: "h23", timeZone: world.timeZone }).format(
      sentAt,
    ),
  );
  const isInTime = hours >= usualMailHour && hours < usualMailHour + Math.min(movable.stepHours ?? 1, 12);
  return isInTime
    ? []
    : [{ rule: "customers are reminded in the morning", detail: `${id} at ${hours}: ${text}` }];
}

/** Customers who were reminded more than once on the day of this hour. */
async function remindedTwice({ owner, world }: DemoStage, now: Date, start: Date): Promise<Untrue[]> {
  const rows = await owner`
    select c.email, count(*)::int as count from notices n join customers c on c.id = n.customer_id
    where n.topic = 'reminder' and n.sent_at > ${start}
      and (n.sent_at at time zone ${world.timeZone})::date = (${now}::timestamptz at time zone ${world.timeZone})::date
    group by c.email having count(*) > 1`;
  return rows.map(({ email, count }) => ({
    rule: "nobody is reminded twice a day",
    detail: `${email}: ${count}`,
  }));
}

/** What is announced to be stopped runs, or is suspended, and its next term is not paid. */
async function falseStopAhead({ owner }: DemoStage, { id, customerId, text }: Notice): Promise<Untrue[]> {
  const rows = await owner`
    select s.label, s.state, m.kind, w.state as renewal_state from reminders m
    join renewals w on w.customer_id = m.customer_id and w.id = m.subject_id
    join services s on s.customer_id = w.customer_id and s.id = w.service_id
    where m.customer_id = ${customerId} and m.outbox_id = ${id} and position(s.label in ${text}) > 0
      and (w.state not in ('invoiced', 'declined')
        or s.state <> case m.kind when 'suspension_ahead' then 'active' else 'suspended' end)`;
  return rows.map(({ label, state, kind, renewal_state }) => ({
    rule: "what is announced to be stopped can be",
    detail: `${label}: ${kind}, but ${state} and its renewal ${renewal_state}`,
  }));
}

async function falseStop(
  { owner }: DemoStage,
  { customerId, text }: Notice,
  state: "suspended" | "terminated",
): Promise<Untrue[]> {
  const rows = await owner`
    select label from services
    where customer_id = ${customerId} and state = ${state} and position(label in ${text}) > 0`;
  return rows.length > 0 ? [] : [{ rule: `what is told as ${state} is`, detail: text }];
}

/** A receipt names the new end of each service that its payment renewed. */
async function falseReceipt({ owner, world }: DemoStage, notice: Notice): Promise<Untrue[]> {
  const { id, customerId, text, locale } = notice;
  const terms = await owner`
    with this as (select (payload ->> 'paymentId')::uuid as id from outbox where customer_id = ${customerId} and id = ${id})
    select distinct s.label, i.number, max(t.ends_at) over (partition by s.id) as ends_at from this
    join payments p on p.customer_id = ${customerId} and (p.id = this.id or p.source_payment_id = this.id)
    join allocations a on a.customer_id = p.customer_id and a.payment_id = p.id
    join invoices i on i.customer_id = a.customer_id and i.id = a.invoice_id and i.state = 'paid'
    join invoice_lines l on l.customer_id = a.customer_id and l.invoice_id = a.invoice_id
    join terms t on t.customer_id = l.customer_id and t.invoice_line_id = l.id
    join services s on s.customer_id = t.customer_id and s.id = t.service_id`;
  const dates = longDates(locale, world.timeZone);
  return terms
    .filter(
      ({ label, number, ends_at }) =>
        !text.includes(label) || !text.includes(number) || !text.includes(dates.format(ends_at)),
    )
    .map(({ label, number, ends_at }) => ({
      rule: "a receipt says what was renewed and until when",
      detail: `${label}, ${number}, ${ends_at.toISOString()}: ${text}`,
    }));
}

/** What happened since the last hour and nobody was told. */
async function untoldOf(stage: DemoStage, hour: Hour): Promise<{ untrue: Untrue[]; count: number }> {
  const [renewed, stopped, restored, refused, came] = await Promise.all([
    renewedUntold(stage, hour),
    stoppedUntold(stage, hour),
    restoredUntold(stage, hour),
    failedUntold(stage, hour),
    announcedInVain(stage, hour),
  ]);
  const all = [renewed, stopped, restored, refused, came];
  return {
    untrue: all.flatMap(({ untrue }) => untrue),
    count: all.reduce((total, { count }) => total + count, 0),
  };
}

/**
 * Each renewal that was paid stands in a mail that was sent, a day later at the latest: it waits for the others of its day. A
 * customer who pays from the balance is shown it on the spot.
 */
async function renewedUntold({ owner }: DemoStage, { since, now, start }: Hour) {
  const rows = await owner`
    select i.number, exists (select from notices n where n.customer_id = i.customer_id and n.state = 'sent'
      and n.topic in ('payment.succeeded', 'renewal.paid') and position(i.number in n.body) > 0) as is_told
    from invoices i where i.origin = 'renewal' and i.total_minor > 0 and i.paid_at >= ${start}
      and i.paid_at >= ${since}::timestamptz - interval '1 day' and i.paid_at < ${now}::timestamptz - interval '1 day'
      and not exists (select from allocations a join payments p on p.customer_id = a.customer_id and p.id = a.payment_id
        where a.customer_id = i.customer_id and a.invoice_id = i.id and p.funding = 'balance' and p.user_id is not null)`;
  return missing(rows, "a renewal that was paid was told");
}

/** What was suspended or terminated was announced for that day, and told when it was done. */
async function stoppedUntold({ owner, world }: DemoStage, { since, now, start }: Hour) {
  const rows = await owner`
    select s.label as number, a.verb, a.occurred_at, exists (
      select from notices n where n.customer_id = a.customer_id and n.state = 'sent' and n.sent_at = a.occurred_at
        and n.topic = replace(a.verb, '_', '.') and position(s.label in n.body) > 0) as is_told,
      m.announced_for, m.announced_at, m.is_deferred
    from activities a join services s on s.customer_id = a.customer_id and s.id = a.subject_id
    left join lateral (
      select m.created_at + make_interval(days => -m.stage) as announced_for, m.created_at as announced_at,
        w.deferred_until is not null as is_deferred
      from reminders m join renewals w on w.customer_id = m.customer_id and w.id = m.subject_id
      join notices n on n.customer_id = m.customer_id and n.id = m.outbox_id and n.state = 'sent' and n.sent_at < a.occurred_at
      where m.customer_id = a.customer_id and w.service_id = a.subject_id and position(s.label in n.body) > 0
        and m.kind = case a.verb when 'service_suspended' then 'suspension_ahead' else 'termination_ahead' end
      order by m.created_at desc limit 1) m on true
    where a.verb in ('service_suspended', 'service_terminated') and a.occurred_at > ${since} and a.occurred_at <= ${now}`;
  const { untrue, count } = missing(rows, "what was stopped was told");
  const day = (at: Date) => calendarDay(at, world.timeZone);
  for (const { number, verb, occurred_at, announced_for, announced_at, is_deferred } of rows) {
    const daysLate = announced_for ? daysBetween(day(announced_for), day(occurred_at)) : Number.NaN;
    if (announced_at && announced_at < start) continue;
    // Later by a run, which may be a day; by another one where an open page of Stripe's has put it off.
    if (daysLate >= 0 && daysLate <= (is_deferred ? 2 : 1)) continue;
    const said = announced_for?.toISOString() ?? "never";
    const detail = `${number} ${verb} at ${occurred_at.toISOString()}, announced for ${said}`;
    untrue.push({ rule: "what was stopped was announced for that day", detail });
  }
  return { untrue, count };
}

/** A charge that failed and that nobody watched is told. */
async function failedUntold({ owner }: DemoStage, { since, now }: Hour) {
  const rows = await owner`
    select p.id as number, exists (select from outbox o join notices n on n.customer_id = o.customer_id and n.id = o.id
      where o.customer_id = p.customer_id and o.payload ->> 'paymentId' = p.id::text and n.state = 'sent') as is_told
    from payments p where p.origin = 'auto' and p.card_minor > 0 and p.state = 'failed'
      and p.ended_at > ${since} and p.ended_at <= ${now}
      and (p.kind = 'top_up' or exists (select from payment_shares h join invoices i on i.customer_id = h.customer_id
        and i.id = h.invoice_id and i.state = 'open' where h.customer_id = p.customer_id and h.payment_id = p.id))`;
  return missing(rows, "a charge that failed was told");
}

/** What was announced for yesterday has come, unless it was paid, declined otherwise, held off or cancelled meanwhile. */
async function announcedInVain({ owner }: DemoStage, { since, now, start }: Hour) {
  const rows = await owner`
    select s.label || ' ' || m.kind as number,
      not (w.state in ('invoiced', 'declined') and s.expires_at = w.term_starts_at and s.cancel_requested_at is null
        and s.suspension_hold_until is null and w.own_grace_days = 0
        and s.state = case m.kind when 'suspension_ahead' then 'active' else 'suspended' end
        and not exists (select from payments p where p.customer_id = s.customer_id and p.ended_at is null)) as is_told
    from reminders m
    join renewals w on w.customer_id = m.customer_id and w.id = m.subject_id
    join services s on s.customer_id = w.customer_id and s.id = w.service_id
    where m.kind in ('suspension_ahead', 'termination_ahead') and m.created_at > ${start}
      and m.created_at + make_interval(days => 2 - m.stage) > ${since}
      and m.created_at + make_interval(days => 2 - m.stage) <= ${now}`;
  return missing(rows, "what was announced came, or was mended");
}

/** At the end: what counts as sent was taken by the mail server, once, and nothing waits that nobody knows of. */
export async function compareMails({ owner, mailbox, world }: DemoStage, start: Date): Promise<Untrue[]> {
  const [notices, waiting] = await Promise.all([
    owner`
      select n.subject, c.email, count(*) as count from notices n join customers c on c.id = n.customer_id
      where n.sent_at > ${start} group by 1, 2`,
    owner`
      select o.topic, o.id from outbox o where o.handled_at is null
        and o.created_at < ${world.clock.now()}::timestamptz - interval '1 day'
      union all select n.topic, n.id from notices n where n.state = 'waiting' or (n.state = 'undeliverable'
        and not exists (select from tasks t where t.customer_id = n.customer_id and t.id = n.id))`,
  ]);
  const taken = new Map<string, number>();
  for (const { to, subject } of mailbox.messages()) {
    const key = `${to[0]} ${subject}`;
    taken.set(key, (taken.get(key) ?? 0) + 1);
  }
  const wrong = notices.filter(
    ({ subject, email, count }) => taken.get(`${email} ${subject}`) !== Number(count),
  );
  return [
    ...wrong.map(({ subject, email, count }) => ({
      rule: "what counts as sent was taken by the mail server, once",
      detail: `${email}: ${subject}: ${count} sent, ${taken.get(`${email} ${subject}`) ?? 0} taken`,
    })),
    ...waiting.map(({ topic, id }) => ({ rule: "nothing waits to be told", detail: `${topic} ${id}` })),
  ];
}
