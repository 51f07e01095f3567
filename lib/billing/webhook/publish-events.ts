import { uuidv7 } from "@/lib/kernel/id";
import type { World } from "../world";

const most = 1_000;
/** What names no service or invoice cannot be sent in its order, and must not stop what can. */
const uuidPattern = "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$";

/**
 * Lays every event of a service or an invoice that an endpoint has not been given yet on its way to it, once for each
 * endpoint, as it was when it happened. Asked for before a row of the outbox counts as handled, so none is missed.
 * Returns how many deliveries were made.
 */
export async function publishEvents(world: World): Promise<number> {
  const { sql } = world.jobs;
  const [endpoint] = await sql`select 1 from webhook_endpoints where disabled_at is null limit 1`;
  if (!endpoint) return 0;
  let made = 0;
  for (;;) {
    const rows = await sql`
      select o.customer_id, o.id as outbox_id, e.id as endpoint_id, o.topic, o.created_at,
        subject.id::uuid as subject_id,
        o.payload || jsonb_strip_nulls(jsonb_build_object('customer', c.reference, 'number', i.number, 'label', s.label,
          'plan', p.key)) as data
      from outbox o
      join webhook_endpoints e on e.disabled_at is null and e.created_at <= o.created_at
      join customers c on c.id = o.customer_id
      left join invoices i on i.customer_id = o.customer_id and i.id::text = o.payload ->> 'invoiceId'
      left join services s on s.customer_id = o.customer_id and s.id::text = o.payload ->> 'serviceId'
      left join plans p on p.id = s.plan_id
      cross join lateral (select coalesce(o.payload ->> 'serviceId', o.payload ->> 'invoiceId') as id) subject
      where o.handled_at is null and (o.topic like 'service.%' or o.topic like 'invoice.%')
        and subject.id ~ ${uuidPattern}
        and not exists (select from webhook_deliveries d where d.customer_id = o.customer_id and d.outbox_id = o.id
          and d.endpoint_id = e.id)
      order by o.id limit ${most}`;
    if (rows.length === 0) return made;
    const now = world.clock.now();
    const deliveries = rows.map((row) => ({
      customer_id: row.customer_id,
      id: uuidv7(world.clock),
      endpoint_id: row.endpoint_id,
      outbox_id: row.outbox_id,
      subject_id: row.subject_id,
      topic: row.topic,
      body: sql.json({ type: row.topic, timestamp: row.created_at.toISOString(), data: row.data }),
      state: "waiting",
      next_attempt_at: now,
      created_at: now,
    }));
    const added = await sql`
      insert into webhook_deliveries ${sql(deliveries)} on conflict (customer_id, outbox_id, endpoint_id) do nothing
      returning 1`;
    made += added.length;
    if (rows.length < most) return made;
  }
}
