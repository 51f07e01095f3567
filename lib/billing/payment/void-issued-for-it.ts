import type { Transaction } from "@/db/transaction";
import type { InvoiceId } from "@/lib/kernel/id";
import type { Decision } from "../decision";
import { decideVoid } from "../invoice/decide-void";
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
  const { customerId, now } = decision.context;
  const { sql } = tx;
  const series = seriesOf(now, world.timeZone, "CN");
  const [prices, moneyOnThem] = await Promise.all([
    sql`select id, net_minor, tax_minor from invoices where customer_id = ${customerId} and id = any(${open}::uuid[])`,
    moneyOn(sql, customerId, open),
    prepareSeries(sql, series),
  ]);
  const notes = open.map((id) => {
    const price = prices.find((row) => row.id === id);
    const wish = {
      reason: "canceled" as const,
      note: "",
      netMinor: price?.net_minor,
      taxMinor: price?.tax_minor,
      renewalsBecome: "due" as const,
    };
    const moneyOnIt = moneyOnThem.filter(({ invoiceId }) => invoiceId === id);
    return { customerId, id: decideVoid(decision, id, wish, moneyOnIt) };
  });
  return () => tx.write(numberCreditNotes(sql, series.key, notes));
}
