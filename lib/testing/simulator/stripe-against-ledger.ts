import type { PaymentId } from "@/lib/kernel/id";
import type { Simulation } from "./simulation";

interface StripeCharge {
  id: string;
  status: string;
  amount_captured: number;
  currency: string;
  metadata: Record<string, string>;
}

interface StripeSession {
  id: string;
  status: string;
  created: number;
  metadata: Record<string, string>;
}

interface BalanceTransaction {
  source: string;
  fee: number;
  currency: string;
}

/**
 * What Stripe took against what is booked, charge by charge, without the portal's own code: each once, with its
 * amount, fee, customer and payment; and nothing that Stripe does not know.
 */
export async function checkAgainstStripe(
  simulation: Simulation,
  options: { lateOnes: "booked" | "not yet" },
): Promise<void> {
  const dump = await simulation.stage.control.dump();
  const { strangers } = simulation;
  const taken = (dump.charge as unknown as StripeCharge[]).filter(
    ({ id, status }) => status === "succeeded" && !strangers.has(id),
  );
  const fees = new Map(
    (dump.balance_transaction as unknown as BalanceTransaction[]).map((each) => [each.source, each]),
  );
  const booked = await simulation.stage.owner`
    select c.stripe_charge_id, c.customer_id, c.payment_id, c.amount_minor, c.currency, c.fee_minor, c.fee_currency,
      c.stripe_balance_transaction_id from charges c order by c.booked_at, c.id`;
  const ended = await simulation.stage.owner`
    select customer_id, id from payments where state in ('failed', 'canceled', 'expired')`;
  const isEnded = new Set(ended.map(({ customer_id, id }) => `${customer_id} ${id}`));
  for (const charge of taken) {
    const { customer, payment } = charge.metadata;
    const rows = booked.filter((row) => row.stripe_charge_id === charge.id);
    const isLate = isEnded.has(`${customer} ${payment}`);
    if (isLate && !simulation.paidAfterExpiry.has(payment as PaymentId))
      simulation.violate("a payment ends unpaid only when Stripe says so", `${payment}: ${charge.id}`);
    if (rows.length === 0 && isLate && options.lateOnes === "not yet") continue;
    const [row] = rows;
    if (rows.length !== 1 || !row) {
      simulation.violate("what Stripe took is booked once", `${charge.id}: ${rows.length} times`);
      continue;
    }
    const fee = fees.get(charge.id);
    const stripe = [customer, payment, charge.amount_captured, charge.currency, fee?.fee, fee?.currency];
    const ours = [
      row.customer_id,
      row.payment_id,
      row.amount_minor,
      row.currency,
      row.fee_minor,
      row.fee_currency,
    ];
    const text = (facts: unknown[]) => facts.map((fact) => String(fact).toLowerCase()).join(" ");
    if (text(stripe) !== text(ours))
      simulation.violate("it is booked as Stripe has it", `${charge.id}: ${text(stripe)}, but ${text(ours)}`);
  }
  const known = new Set(taken.map(({ id }) => id));
  for (const { stripe_charge_id } of booked) {
    if (!known.has(stripe_charge_id))
      simulation.violate("nothing is booked that Stripe did not take", stripe_charge_id);
  }
  if (options.lateOnes !== "booked") return;
  await checkMoneyAddsUp(simulation, taken);
  await checkDisputes(simulation, dump.dispute ?? []);
  await checkClearing(simulation, dump);
}

/** Each dispute that Stripe has is known here, as it ended there. */
async function checkDisputes(simulation: Simulation, disputes: Record<string, unknown>[]): Promise<void> {
  const rows = await simulation.stage.owner`select stripe_dispute_id as id, state from disputes`;
  const states = new Map(rows.map((row) => [row.id as string, row.state as string]));
  for (const { id, status } of disputes) {
    const end = status === "warning_closed" ? "won" : status;
    const state = states.get(String(id)) ?? "not known";
    if (state !== end)
      simulation.violate("a dispute is known as Stripe has it", `${id}: ${end}, but ${state}`);
  }
}

/**
 * What Stripe owes the host for each charge, refund and dispute is what stands on its clearing account for it, fees and all;
 * a refund that failed before anybody here learned of it moved nothing.
 */
async function checkClearing(
  simulation: Simulation,
  dump: Record<string, Record<string, unknown>[]>,
): Promise<void> {
  const owed = new Map<string, bigint>();
  for (const { source, net } of dump.balance_transaction ?? []) {
    const key = String(source);
    if (simulation.strangers.has(key)) continue;
    owed.set(key, (owed.get(key) ?? 0n) + BigInt(Number(net)));
  }
  const rows = await simulation.stage.owner`
    select coalesce(c.stripe_charge_id, r.stripe_refund_id, d.stripe_dispute_id) as id,
      sum(case when t.debit = 'gateway_clearing' then t.amount_minor else -t.amount_minor end)::bigint as minor
    from transfers t
    left join charges c on c.customer_id = t.customer_id and c.id = t.charge_id
    left join refunds r on r.customer_id = t.customer_id and r.id = t.refund_id
    left join disputes d on d.customer_id = t.customer_id and d.id = t.dispute_id
    where (t.debit = 'gateway_clearing' or t.credit = 'gateway_clearing') and t.kind in ('posted', 'post')
    group by 1`;
  const standing = new Map(rows.map((row) => [row.id as string, row.minor as bigint]));
  for (const id of new Set([...owed.keys(), ...standing.keys()])) {
    const [said, ours] = [owed.get(id) ?? 0n, standing.get(id) ?? 0n];
    if (said !== ours)
      simulation.violate("what Stripe owes stands on its account", `${id}: ${said}, but ${ours}`);
  }
}

/**
 * A payment that ended unpaid leaves no page behind on which it could still be paid (domain.md, States: a timeout is
 * `unknown`, never `failed`). A page that Stripe made only later, out of a request that hung, is none of that.
 */
export async function checkNoPageIsLeft(simulation: Simulation): Promise<void> {
  const { stage, paidAfterExpiry } = simulation;
  const dump = await stage.control.dump();
  const open = (dump["checkout.session"] as unknown as StripeSession[]).filter(
    ({ status }) => status === "open",
  );
  const rows = await stage.owner`
    select customer_id, id, state, ended_at from payments where ended_at <= ${stage.world.clock.now()}
      and state in ('failed', 'canceled', 'expired')`;
  // Two customers may have used the same id.
  const ended = new Map(rows.map((row) => [`${row.customer_id} ${row.id}`, row]));
  for (const { id, created, metadata } of open) {
    const payment = ended.get(`${metadata.customer} ${metadata.payment}`);
    if (!payment || created * 1_000 > payment.ended_at.getTime()) continue;
    if (paidAfterExpiry.has(payment.id)) continue;
    simulation.violate("a payment that ended leaves no page behind", `${payment.id} ${payment.state}: ${id}`);
  }
}

/** For each customer and currency: what Stripe took, came by bank and was given = what invoices were paid + what went back + the balance. */
async function checkMoneyAddsUp(simulation: Simulation, taken: readonly StripeCharge[]): Promise<void> {
  const { owner } = simulation.stage;
  const sums = new Map<string, { in: bigint; out: bigint }>();
  const sumOf = (customer: string, currency: string) => {
    const key = `${customer} ${currency}`;
    const sum = sums.get(key) ?? { in: 0n, out: 0n };
    sums.set(key, sum);
    return sum;
  };
  for (const { metadata, currency, amount_captured } of taken)
    sumOf(metadata.customer ?? "", currency.toUpperCase()).in += BigInt(amount_captured);
  const gifts = await owner`
    select customer_id, detail->>'currency' as currency, (detail->>'amountMinor')::bigint as amount from activities
    where verb = 'goodwill_given'`;
  const transferred = await owner`
    select customer_id, detail->>'currency' as currency, (detail->>'amountMinor')::bigint as amount from activities
    where verb = 'bank_payment_recorded' and subject = 'payment'`;
  for (const { customer_id, currency, amount } of [...gifts, ...transferred])
    sumOf(customer_id, currency).in += amount;
  const paidOut = await owner`
    select customer_id, detail->>'currency' as currency, (detail->>'amountMinor')::bigint as amount from activities
    where verb = 'balance_paid_out'`;
  const wentBack = await owner`
    select t.customer_id, t.currency, sum(case when t.debit = 'customer_balance' then t.amount_minor
      else -t.amount_minor end)::bigint as amount
    from transfers t where t.kind in ('posted', 'post')
      and ((t.debit = 'customer_balance' and t.credit in ('gateway_clearing', 'suspense', 'disputed', 'customer_debt', 'dispute_loss'))
        or (t.credit = 'customer_balance' and (t.refund_id is not null or t.dispute_id is not null)))
    group by t.customer_id, t.currency`;
  const paid = await owner`select customer_id, currency, amount_paid_minor as amount from invoices`;
  const left = await owner`select customer_id, currency, posted_minor as amount from balances`;
  for (const { customer_id, currency, amount } of [...paid, ...left, ...paidOut, ...wentBack])
    sumOf(customer_id, currency).out += amount;
  for (const [key, sum] of sums) {
    if (sum.in !== sum.out)
      simulation.violate(
        "a customer's money adds up",
        `${key}: ${sum.in} came in, ${sum.out} is accounted for`,
      );
  }
}
