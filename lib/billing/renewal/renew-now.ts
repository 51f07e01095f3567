import { type Transaction, transact } from "@/db/transaction";
import { type InvoiceId, newId, type RenewalId, type ServiceId } from "@/lib/kernel/id";
import { issueIn } from "../invoice/issue-invoices";
import { prepareSeries, seriesOf } from "../invoice/number-invoices";
import { type Started, type StartInput, type StartRefusal, startPaymentIn } from "../payment/start-payment";
import { findPayment, lockBalances } from "../scene";
import type { World } from "../world";
import { type NextTerm, nextTerms, type RenewableService, readRenewable } from "./next-terms";
import { renewalDraft } from "./renewal-draft";

export interface RenewNowInput extends Omit<StartInput, "invoiceIds" | "issuedForIt"> {
  serviceId: ServiceId;
  /** How many terms in all, with those whose invoices are open already. */
  terms: number;
}

export type RenewRefusal =
  | StartRefusal
  | { code: "service_not_found" }
  /** It does not run, ends on the customer's wish, or has no price. */
  | { code: "service_not_renewable" };

export type RenewStarted = Exclude<Started, { kind: "refused" }> | { kind: "refused"; refusal: RenewRefusal };

/**
 * Renews a service ahead of its day, for one or several terms: issues one invoice for each term after the open ones, and
 * starts one payment of all of them, in one transaction (domain.md, Renewing, "Renew now"). What does not start leaves
 * nothing behind; invoices that were issued for a payment are voided when it ends unpaid. All of the customer's renewals
 * wait for the balances' lock, the renewal run's too: no term is billed twice.
 *
 * The numbers are taken before the payment is stored and not by the last statement, because Stripe's page names them.
 */
export async function renewNow(world: World, input: RenewNowInput): Promise<RenewStarted> {
  const { customerId, userId } = input;
  const scope = userId ? { customerId, userId } : { customerId };
  const series = seriesOf(world.clock.now(), world.timeZone);
  await transact(world.app, scope, ({ sql }) => prepareSeries(sql, series));
  try {
    return await transact(world.app, scope, async (tx) => {
      const started = await renewIn(world, input, tx);
      // Whatever was issued for it goes with it.
      if (started.kind !== "paid" && started.kind !== "stored") throw new NotStarted(started);
      return started;
    });
  } catch (error) {
    if (error instanceof NotStarted) return error.started;
    throw error;
  }
}

class NotStarted extends Error {
  override readonly name = "NotStarted";

  constructor(readonly started: RenewStarted) {
    super("the payment was not started");
  }
}

async function renewIn(world: World, input: RenewNowInput, tx: Transaction): Promise<RenewStarted> {
  const { customerId, serviceId, paymentId } = input;
  const { sql } = tx;
  const [isPermitted, , payment, isOfService] = await Promise.all([
    input.permit(sql),
    lockBalances(sql, customerId),
    findPayment(sql, customerId, paymentId),
    sql`
      select 1 from payment_shares s
      join invoice_lines l on l.customer_id = s.customer_id and l.invoice_id = s.invoice_id
      where s.customer_id = ${customerId} and s.payment_id = ${paymentId}
      having count(*) = ${input.terms} and bool_and(l.service_id = ${serviceId})`,
  ]);
  if (!isPermitted) return { kind: "refused", refusal: { code: "not_allowed" } };
  // A double click, a reload, a second tab.
  if (payment) {
    if (isOfService.length > 0) return { kind: "repeated", payment };
    return { kind: "refused", refusal: { code: "payment_id_used" } };
  }
  const service = await readRenewable(sql, customerId, serviceId);
  if (!service) return { kind: "refused", refusal: { code: "service_not_found" } };
  const terms = nextTerms(service, input.terms, world.timeZone);
  if (!terms) return { kind: "refused", refusal: { code: "service_not_renewable" } };
  const open = terms.flatMap((term) => (term.kind === "open" ? [term.invoiceId] : []));
  const issued = await issueTerms(world, input, tx, service, terms);
  return startPaymentIn(world, { ...input, invoiceIds: [...open, ...issued], issuedForIt: issued }, tx);
}

/** Issues what is not billed yet; a renewal that is there already is billed anew. */
async function issueTerms(
  world: World,
  { customerId, serviceId, userId }: RenewNowInput,
  tx: Transaction,
  service: RenewableService,
  terms: readonly NextTerm[],
): Promise<InvoiceId[]> {
  const now = world.clock.now();
  const { planId, label, anchorDay, plan, currency } = service;
  const issued = await issueIn(
    world,
    tx,
    customerId,
    async ({ sql }) => {
      const drafts = [];
      for (const term of terms) {
        if (term.kind === "open") continue;
        const { startsAt, priceMinor, dueOn } = term;
        const renewalId = term.renewalId ?? newId<RenewalId>(world.clock);
        await sql`
          insert into renewals (customer_id, id, service_id, term_starts_at, state)
          values (${customerId}, ${renewalId}, ${serviceId}, ${startsAt}, 'due')
          on conflict (customer_id, service_id, term_starts_at) do update set state = 'due'
            where renewals.state in ('due', 'declined')`;
        const next = { id: serviceId, planId, label, anchorDay: anchorDay as number };
        drafts.push(
          renewalDraft(
            { renewalId, service: next, plan, currency, priceMinor, startsAt, dueOn },
            now,
            world.timeZone,
          ),
        );
      }
      return drafts;
    },
    { actor: "customer", userId },
  );
  return issued.map(({ id }) => id);
}
