import type { Transaction } from "@/db/transaction";
import type { CustomerId, InvoiceId } from "@/lib/kernel/id";
import type { Decision } from "../decision";
import { decideVoid, type VoidWish } from "../invoice/decide-void";
import { numberCreditNotes, prepareSeries, seriesOf } from "../invoice/number-invoices";
import type { World } from "../world";
import { moneyOn } from "./void-invoice";

/**
 * Voids the invoices that were issued for a payment, in the decision by which it ends unpaid: their terms are due again in
 * their time (domain.md, Renewing, "Renew now"; States, "an abandoned renew-now"). Returns what numbers their credit notes,
 * to be called when the decision is written: the last statement.
 */
export async function voidIssuedForIt(
  world: World,
  tx: Transaction,
  decision: Decision,
  ids: readonly InvoiceId[],
): Promise<() => void> {
  const open = ids.filter((id) => decision.invoice(id)?.state === "open");
  if (open.length === 0) return () => {};
  const series = seriesOf(decision.context.now, world.timeZone, "CN");
  await prepareSeries(tx.sql, series);
  const notes = await decideVoids(tx, decision, open);
  return () => tx.write(numberCreditNotes(tx.sql, series.key, notes));
}

/** Voids open invoices that the decision has seen; their terms are due again. Returns the credit notes, to be numbered. */
export async function decideVoids(
  { sql }: Transaction,
  decision: Decision,
  ids: readonly InvoiceId[],
): Promise<{ customerId: CustomerId; id: string }[]> {
  if (ids.length === 0) return [];
  const { customerId } = decision.context;
  const [prices, moneyOnThem] = await Promise.all([
    sql`
      select id, net_minor, tax_minor from invoices
      where customer_id = ${customerId} and id = any(${[...ids]}::uuid[])`,
    moneyOn(sql, customerId, ids),
  ]);
  return ids.map((id) => {
    const price = prices.find((row) => row.id === id);
    const wish: VoidWish = {
      reason: "canceled",
      note: "",
      netMinor: price?.net_minor,
      taxMinor: price?.tax_minor,
      renewals: "due_as_before",
    };
    const moneyOnIt = moneyOnThem.filter(({ invoiceId }) => invoiceId === id);
    return { customerId, id: decideVoid(decision, id, wish, moneyOnIt) };
  });
}
