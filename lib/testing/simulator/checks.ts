import type { CustomerId } from "@/lib/kernel/id";
import { checkBooks } from "@/lib/ledger/books";
import type { Simulation } from "./simulation";

/** Checks the books of some customers, or of all, and reports every violation. */
export async function checkInvariants(
  simulation: Simulation,
  customers: readonly CustomerId[] | "all",
): Promise<void> {
  const { stage, step } = simulation;
  const books = await checkBooks(stage.checker, {
    full: true,
    now: stage.world.clock.now(),
    ...(customers === "all" ? {} : { customers }),
  });
  for (const { name, violations } of books.invariants) {
    for (const { rule, subject, subjectId, detail } of violations) {
      const what = `${subject} ${subjectId} ${JSON.stringify(detail)}`;
      simulation.violations.push({ step, rule: `${name}: ${rule}`, detail: what });
    }
  }
}

/** As far as the clock of a process may be off in a simulated portal. */
const skewMostMs = 86_400_000;

/** What of services and of automatic charges is seen from outside, whoever acted (domain.md, Renewing). */
export async function checkServices(
  simulation: Simulation,
  customers: ReadonlySet<CustomerId>,
): Promise<void> {
  if (customers.size === 0) return;
  const { owner, world } = simulation.stage;
  const soon = new Date(world.clock.now().getTime() + skewMostMs);
  const rows = await owner`
    select 'a service whose term is paid is not suspended' as rule, s.id::text as detail from services s
    where s.customer_id = any(${[...customers]}::uuid[]) and s.state = 'suspended' and s.expires_at > ${soon}
    union all
    select 'one automatic top-up at a time', p.customer_id::text from payments p
    where p.customer_id = any(${[...customers]}::uuid[]) and p.kind = 'top_up' and p.origin = 'auto' and p.ended_at is null
    group by p.customer_id, p.currency having count(*) > 1
    union all
    select 'auto-pay charges a card for an invoice on six days and no more', h.invoice_id::text
    from payment_shares h join payments p on p.customer_id = h.customer_id and p.id = h.payment_id
    where h.customer_id = any(${[...customers]}::uuid[]) and p.origin = 'auto' and p.card_minor > 0
    group by h.customer_id, h.invoice_id having count(*) > 6`;
  for (const { rule, detail } of rows) simulation.violate(rule, detail);
}

/**
 * "Money that arrives settles what waits for it, in the same transaction" (quality.md, promise 8): where more is
 * available than before the step, no auto-renew invoice that it covers is left waiting.
 */
export class ArrivedMoney {
  readonly #available = new Map<string, bigint>();

  async check(simulation: Simulation, customers: ReadonlySet<CustomerId>): Promise<void> {
    const rows = await simulation.stage.owner`
      select b.customer_id, b.currency, b.posted_minor - b.held_minor as available, (
        select i.number from invoices i
        where i.customer_id = b.customer_id and i.currency = b.currency and i.state = 'open' and i.origin = 'renewal'
          and i.total_minor - i.amount_paid_minor - i.amount_credited_minor <= b.posted_minor - b.held_minor
          and not exists (select from invoice_claims c where c.customer_id = i.customer_id and c.invoice_id = i.id)
          and not exists (
            select from invoice_lines l join services s on s.customer_id = l.customer_id and s.id = l.service_id
            where l.customer_id = i.customer_id and l.invoice_id = i.id and not (l.kind = 'renewal'
              and s.is_auto_renew and s.state in ('active', 'suspended') and s.expires_at = l.term_starts_at))
        limit 1) as waiting
      from balances b where b.customer_id = any(${[...customers]}::uuid[])`;
    for (const { customer_id, currency, available, waiting } of rows) {
      const key = `${customer_id} ${currency}`;
      const before = this.#available.get(key) ?? 0n;
      this.#available.set(key, available);
      if (available <= before || waiting === null) continue;
      const detail = `${waiting}: ${before} ${currency} were available before, ${available} are now`;
      simulation.violate("money that arrives settles what waits for it", detail);
    }
  }
}
