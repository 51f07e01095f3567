import type { StaffActor } from "./shapes";
import { type StaffWorld, staffWorld } from "./world";

const stripeId = /^(pi|ch|py|cus|re|pyr|du|dp|cs|pm|evt)_[A-Za-z0-9_]{1,250}$/;

/**
 * The page about an object of Stripe's, by its id: a payment's for its page, intent and charge, a customer's for them and
 * their cards, where refunds and disputes are for those. Null for what is no such id, or is not known here. Every role of
 * staff may look.
 */
export async function findStripeObject(
  _actor: StaffActor,
  { text }: { text: string },
  world: StaffWorld = staffWorld(),
): Promise<{ href: string } | null> {
  const id = text.trim();
  if (!stripeId.test(id)) return null;
  const { sql } = world.staff;
  if (id.startsWith("evt_")) {
    const events = await sql`select 1 from stripe_events where id = ${id}`;
    return events.length > 0 ? { href: `/admin/events/${id}` } : null;
  }
  const [found] = await sql`
    select o.kind, o.row_id, c.reference, h.payment_id from stripe_objects o
    join customers c on c.id = o.customer_id and not c.is_house
    left join charges h on o.kind = 'charge' and h.customer_id = o.customer_id and h.id = o.row_id
    where o.id = ${id}`;
  if (!found) return null;
  const customer = `/admin/customers/${encodeURIComponent(found.reference)}`;
  switch (found.kind) {
    case "checkout_session":
    case "payment_intent":
      return { href: `${customer}/payments/${found.row_id}` };
    case "charge":
      return { href: found.payment_id ? `${customer}/payments/${found.payment_id}` : customer };
    case "refund":
    case "dispute":
      return { href: `${customer}/card-payments` };
    default:
      return { href: customer };
  }
}
