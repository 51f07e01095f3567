import type { Simulation } from "../simulation";

/**
 * That every term came once and nobody was left out, and that what people were told is what happened: seen from outside,
 * when all jobs have run once more without a fault and the mail server takes everything.
 */
export async function checkWhatWasTold(simulation: Simulation): Promise<void> {
  const { owner, world } = simulation.stage;
  const now = world.clock.now();
  const checks = await Promise.all([
    rule(owner`
      select service_id as id from terms group by service_id, starts_at having count(*) > 1`)(
      "a term of a service comes once",
    ),
    rule(owner`
      select s.id from services s where (select count(*) from terms t where t.service_id = s.id) <> (
        select count(*) from invoice_lines l join invoices i on i.customer_id = l.customer_id and i.id = l.invoice_id
        where l.service_id = s.id and l.kind in ('order', 'renewal') and i.state = 'paid')`)(
      "each paid line has brought one term, each term was paid",
    ),
    rule(owner`
      select s.id from services s join plans p on p.id = s.plan_id
      where s.state in ('active', 'suspended') and s.cancel_requested_at is null
        and s.expires_at <= ${now}::timestamptz + make_interval(days => p.lead_days - 1)
        and not exists (select from renewals r where r.service_id = s.id and r.term_starts_at = s.expires_at
          and r.state in ('invoiced', 'declined'))`)("no service that is due was left out"),
    rule(owner`
      select i.number as id from invoices i where i.state = 'open' and i.due_on < ${now}::timestamptz::date - 5
        and not exists (select from invoice_claims k where k.customer_id = i.customer_id and k.invoice_id = i.id)
        and not exists (select from reminders r where r.customer_id = i.customer_id and r.subject_id = i.id
          and (r.kind = 'invoice_due' and r.stage = 0
            or r.kind = 'invoice_issued' and r.created_at::date >= i.due_on))`)(
      "an unpaid invoice was reminded of on its day, or told of then or later",
    ),
    rule(owner`
      select r.id from reminders r join outbox o on o.customer_id = r.customer_id and o.id = r.outbox_id
      where o.handled_at is null and o.created_at < ${now}::timestamptz - interval '1 day'`)(
      "each stage of a reminder was handed to mail, or waits for the last renewal of its day",
    ),
    rule(owner`
      select n.id from notices n where n.state = 'waiting' or (n.state = 'undeliverable' and not exists (
        select from tasks t where t.customer_id = n.customer_id and t.id = n.id and t.kind = 'mail_undeliverable'))`)(
      "what could not be delivered is shown to staff",
    ),
    stopsWereAnnounced(simulation, "service_suspended", "suspension_ahead"),
    stopsWereAnnounced(simulation, "service_terminated", "termination_ahead"),
    rule(owner`
      select p.id from payments p where p.state = 'succeeded' and (p.card_minor > 0 or p.origin = 'customer') and (
        select count(*) from outbox o join notices n on n.customer_id = o.customer_id and n.id = o.id
        where o.customer_id = p.customer_id and o.topic = 'payment.succeeded'
          and o.payload->>'paymentId' = p.id::text and n.state in ('sent', 'bounced', 'undeliverable')) <> 1`)(
      "a payment by card, or of a customer's own, that succeeded has one receipt",
    ),
    rule(owner`
      select n.id from notices n join outbox o on o.customer_id = n.customer_id and o.id = n.id
      join payments p on p.customer_id = o.customer_id and p.id::text = o.payload->>'paymentId'
      where o.topic = 'payment.succeeded' and p.state <> 'succeeded'`)(
      "no receipt is for what did not succeed",
    ),
    mailsMatch(simulation),
  ]);
  for (const found of checks) for (const [rule, detail] of found) simulation.violate(rule, detail);
}

type Found = [rule: string, detail: string][];

function rule(rows: PromiseLike<readonly Record<string, unknown>[]>): (name: string) => Promise<Found> {
  return async (name) => (await rows).map(({ id }) => [name, String(id)]);
}

/** Handed to mail, or recorded as undeliverable, before it was done; what was declined may be stopped on the same day. */
function stopsWereAnnounced(
  { stage }: Simulation,
  verb: "service_suspended" | "service_terminated",
  kind: "suspension_ahead" | "termination_ahead",
): Promise<Found> {
  return rule(stage.owner`
    select a.subject_id || ' at ' || a.occurred_at as id from activities a where a.verb = ${verb} and not exists (
      select from reminders r join renewals w on w.customer_id = r.customer_id and w.id = r.subject_id
      join notices n on n.customer_id = r.customer_id and n.id = r.outbox_id
      where r.customer_id = a.customer_id and r.kind = ${kind} and w.service_id = a.subject_id
        and n.state in ('sent', 'bounced', 'undeliverable') and n.created_at <= a.occurred_at)`)(
    "nothing is stopped that was not announced",
  );
}

/** The mail server took what is recorded as sent. What it took and that had nothing to say when tried again was withdrawn. */
async function mailsMatch({ stage, mails }: Simulation): Promise<Found> {
  const notices = await stage.owner`select id, state from notices`;
  const states = new Map(notices.map(({ id, state }) => [id as string, state as string]));
  const found: Found = [];
  for (const [id, state] of states) {
    if (state === "sent" && !mails.has(id))
      found.push(["what counts as sent was taken by the mail server", id]);
  }
  for (const id of mails.keys()) {
    if (!["sent", "withdrawn"].includes(states.get(id) ?? ""))
      found.push(["what the mail server took is recorded", `${id} ${states.get(id)}`]);
  }
  return found;
}
