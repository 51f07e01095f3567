import type { Simulation } from "./simulation";

/**
 * What the outbox says of each invoice and service against its row: every change was told once, and nothing was told that
 * did not happen. Clocks of processes may be off, so it is counted and no order is asked; suspensions are left out, since
 * the host's own hand makes some here.
 */
export async function checkEvents(simulation: Simulation): Promise<void> {
  const wrong = await simulation.stage.owner`
    with told as (
      select customer_id, coalesce(payload ->> 'invoiceId', payload ->> 'serviceId') as id,
        split_part(topic, '.', 2) as what from outbox where topic like 'invoice.%' or topic like 'service.%'
    ), counted as (
      select customer_id, id, count(*) filter (where what = 'issued') as issued,
        count(*) filter (where what = 'paid') as paid, count(*) filter (where what = 'voided') as voided,
        count(*) filter (where what in ('activated', 'renewed')) as terms,
        count(*) filter (where what = 'canceled') as canceled
      from told group by customer_id, id
    ), of_invoices as (
      select 'invoice ' || i.number || ' ' || i.state as of, to_jsonb(c) as told,
        c.issued = 1 and c.paid = (i.state = 'paid')::int and c.voided = (i.state = 'void')::int as is_right
      from invoices i left join counted c on c.customer_id = i.customer_id and c.id = i.id::text
    ), of_services as (
      select 'service ' || s.id || ' ' || s.state, to_jsonb(c),
        coalesce(c.terms, 0) = (select count(*) from terms t where t.customer_id = s.customer_id and t.service_id = s.id)
        and coalesce(c.canceled, 0) = (s.state = 'canceled')::int
      from services s left join counted c on c.customer_id = s.customer_id and c.id = s.id::text
    )
    select * from (select * from of_invoices union all select * from of_services) each
    where is_right is not true limit 20`;
  for (const { of, told } of wrong)
    simulation.violate("what happened was told, once", `${of}: ${JSON.stringify(told)}`);
}
