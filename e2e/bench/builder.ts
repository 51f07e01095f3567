import { and, asc, eq, sql } from "drizzle-orm";
import { drizzle, type PostgresJsDatabase } from "drizzle-orm/postgres-js";
import postgres from "postgres";
import { activities, outbox } from "@/db/schema/activities";
import { balances, transfers } from "@/db/schema/balances";
import { customers, memberships } from "@/db/schema/customers";
import { invoiceLines, invoices } from "@/db/schema/invoices";
import { allocations, invoiceClaims, paymentShares, payments } from "@/db/schema/payments";
import { renewals, services, terms } from "@/db/schema/services";
import { contentHash } from "@/lib/billing/payment/content-hash";
import { newId } from "@/lib/kernel/id";
import { type Payable, termMinor } from "./seed";

type Orm = PostgresJsDatabase;
type Tx = Parameters<Parameters<Orm["transaction"]>[0]>[0];

/** A client as the application's role, under row level security, that only Drizzle's builder uses. */
export function openBuilder(url: string, max: number): Orm & { close(): Promise<void> } {
  const client = postgres(url, {
    max,
    onnotice: () => {},
    connection: { role: "mallard_app", TimeZone: "UTC" },
  });
  return Object.assign(drizzle(client), { close: () => client.end() });
}

/**
 * The plain way of `pay`: the same reads, locks and rows as the use case and the limit, statement by statement through
 * Drizzle's builder. What it costs Node on a machine is the measure for what the application costs there
 * (decision 0011).
 */
export async function payByBuilder(orm: Orm, payable: Payable): Promise<void> {
  await orm.transaction(async (tx) => {
    await authorize(tx, payable);
    const seen = await lock(tx, payable);
    await write(tx, payable, seen);
  });
}

async function authorize(tx: Tx, { customerId, userId }: Payable): Promise<void> {
  await tx.execute(
    sql`select set_config('mallard.customer', ${customerId}, true), set_config('mallard.user', ${userId}, true)`,
  );
  const [member] = await tx
    .select({ role: memberships.role, closedAt: customers.closedAt })
    .from(memberships)
    .innerJoin(customers, eq(customers.id, memberships.customerId))
    .where(and(eq(memberships.customerId, customerId), eq(memberships.userId, userId)));
  if (!member || member.role === "viewer" || member.closedAt !== null) throw new Error("not allowed");
}

async function lock(tx: Tx, { customerId, invoiceId }: Payable) {
  const [balance] = await tx
    .select()
    .from(balances)
    .where(eq(balances.customerId, customerId))
    .orderBy(asc(balances.currency))
    .for("update");
  const [found] = await tx
    .select({ invoice: invoices, claimedBy: invoiceClaims.paymentId })
    .from(invoices)
    .leftJoin(
      invoiceClaims,
      and(eq(invoiceClaims.customerId, invoices.customerId), eq(invoiceClaims.invoiceId, invoices.id)),
    )
    .where(and(eq(invoices.customerId, customerId), eq(invoices.id, invoiceId)))
    .for("update", { of: invoices });
  const [line] = await tx
    .select({
      line: invoiceLines,
      state: services.state,
      expiresAt: services.expiresAt,
      renewal: renewals.id,
    })
    .from(invoiceLines)
    .innerJoin(
      services,
      and(eq(services.customerId, invoiceLines.customerId), eq(services.id, invoiceLines.serviceId)),
    )
    .leftJoin(
      renewals,
      and(eq(renewals.customerId, invoiceLines.customerId), eq(renewals.id, invoiceLines.renewalId)),
    )
    .where(
      and(
        eq(invoiceLines.customerId, customerId),
        eq(invoiceLines.invoiceId, invoiceId),
        eq(invoiceLines.kind, "renewal"),
      ),
    )
    .orderBy(asc(services.id), asc(invoiceLines.position))
    .for("update", { of: services });
  if (!balance || !found || found.invoice.state !== "open" || found.claimedBy !== null)
    throw new Error("not open");
  const due = found.invoice.totalMinor - found.invoice.amountPaidMinor - found.invoice.amountCreditedMinor;
  if (due !== termMinor || balance.postedMinor - balance.heldMinor < due) throw new Error("not as shown");
  if (!line || line.expiresAt?.getTime() !== line.line.termStartsAt?.getTime()) throw new Error("not next");
  return { balance, invoice: found.invoice, line: line.line, due };
}

type Seen = Awaited<ReturnType<typeof lock>>;

async function write(tx: Tx, payable: Payable, seen: Seen): Promise<void> {
  const paymentId = newId();
  const now = new Date();
  await writeMoney(tx, payable, seen, { paymentId, now });
  await writeTerm(tx, payable, seen, { paymentId, now });
}

interface Made {
  paymentId: string;
  now: Date;
}

async function writeMoney(tx: Tx, payable: Payable, seen: Seen, { paymentId, now }: Made): Promise<void> {
  const { customerId, userId, invoiceId } = payable;
  const { balance, invoice, due } = seen;
  const { currency } = balance;
  const transferId = newId();
  await tx
    .update(balances)
    .set({ postedMinor: balance.postedMinor - due, seq: balance.seq + 1n })
    .where(and(eq(balances.customerId, customerId), eq(balances.currency, currency)));
  await tx.insert(payments).values({
    ...{
      customerId,
      id: paymentId,
      kind: "invoices",
      funding: "balance",
      origin: "customer",
      state: "succeeded",
    },
    ...{ currency, balanceMinor: due, cardMinor: 0n, excessMinor: 0n, userId, createdAt: now, endedAt: now },
    contentHash: contentHash({
      ...{ kind: "invoices", invoiceIds: [invoiceId], balanceMinor: due, cardMinor: 0n, excessMinor: 0n },
    }),
  });
  await tx.insert(transfers).values({
    ...{
      customerId,
      id: transferId,
      currency,
      seq: balance.seq + 1n,
      kind: "posted",
      debit: "customer_balance",
    },
    ...{
      credit: "receivable",
      amountMinor: due,
      reason: "invoice_paid",
      paymentId,
      invoiceId,
      occurredAt: now,
    },
    valueDate: now.toISOString().slice(0, 10),
  });
  await tx
    .insert(paymentShares)
    .values({ customerId, paymentId, invoiceId, balanceMinor: due, cardMinor: 0n });
  await tx.insert(allocations).values({
    ...{ customerId, id: newId(), paymentId, invoiceId, transferId, source: "balance", amountMinor: due },
    createdAt: now,
  });
  await tx
    .update(invoices)
    .set({ state: "paid", amountPaidMinor: invoice.amountPaidMinor + due, paidAt: now })
    .where(and(eq(invoices.customerId, customerId), eq(invoices.id, invoiceId), eq(invoices.state, "open")));
}

async function writeTerm(tx: Tx, payable: Payable, { line }: Seen, { paymentId, now }: Made): Promise<void> {
  const { customerId, userId, invoiceId } = payable;
  const serviceId = line.serviceId as string;
  const [startsAt, endsAt] = [line.termStartsAt as Date, line.termEndsAt as Date];
  const expiresAt = endsAt.toISOString();
  await tx.insert(terms).values({
    ...{ customerId, id: newId(), serviceId, startsAt, endsAt, followsAt: startsAt, invoiceLineId: line.id },
    createdAt: now,
  });
  await tx
    .update(services)
    .set({ state: "active", expiresAt: endsAt })
    .where(and(eq(services.customerId, customerId), eq(services.id, serviceId)));
  await tx
    .update(renewals)
    .set({ state: "paid" })
    .where(
      and(
        eq(renewals.customerId, customerId),
        eq(renewals.id, line.renewalId as string),
        eq(renewals.state, "invoiced"),
      ),
    );
  const act = { customerId, occurredAt: now, actor: "customer", userId, isVisible: true } as const;
  await tx.insert(activities).values([
    { ...act, id: newId(), subject: "invoice", subjectId: invoiceId, verb: "invoice_paid", detail: {} },
    {
      ...{ ...act, id: newId(), subject: "service" as const, subjectId: serviceId, verb: "service_renewed" },
      detail: { invoiceId, expiresAt },
    },
  ]);
  await tx.insert(outbox).values([
    { customerId, id: newId(), topic: "invoice.paid", payload: { invoiceId }, createdAt: now },
    { customerId, id: newId(), topic: "service.renewed", payload: { serviceId, expiresAt }, createdAt: now },
    { customerId, id: newId(), topic: "payment.succeeded", payload: { paymentId }, createdAt: now },
  ]);
}
