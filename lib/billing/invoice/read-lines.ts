import type { ReservedSql, Sql } from "@/db/client";
import type { CustomerId, InvoiceId, ServiceId } from "@/lib/kernel/id";
import { type Currency, type Money, money } from "@/lib/kernel/money";

/** A line as it is printed. */
export interface InvoiceLineView {
  id: string;
  kind: "order" | "renewal" | "other";
  description: string;
  quantity: string;
  unit: Money;
  net: Money;
  taxRatePpm: number;
  tax: Money;
  /** Of a renewal as they were printed; of an order once it is paid. */
  termStartsAt: Date | null;
  termEndsAt: Date | null;
  service: { id: ServiceId; label: string } | null;
}

/** The lines of an invoice in their order. */
export async function readInvoiceLines(
  sql: ReservedSql | Sql,
  customerId: CustomerId,
  id: InvoiceId,
  currency: Currency,
): Promise<InvoiceLineView[]> {
  const rows = await sql`
    select l.*, trim_scale(l.quantity)::text as quantity_text, s.label, t.starts_at, t.ends_at from invoice_lines l
    left join services s on s.customer_id = l.customer_id and s.id = l.service_id
    left join terms t on t.customer_id = l.customer_id and t.invoice_line_id = l.id
    where l.customer_id = ${customerId} and l.invoice_id = ${id} order by l.position`;
  return rows.map((row) => ({
    id: row.id,
    kind: row.kind,
    description: row.description,
    quantity: row.quantity_text,
    unit: money(row.unit_minor, currency),
    net: money(row.net_minor, currency),
    taxRatePpm: row.tax_rate_ppm,
    tax: money(row.tax_minor, currency),
    termStartsAt: row.term_starts_at ?? row.starts_at,
    termEndsAt: row.term_ends_at ?? row.ends_at,
    service: row.service_id ? { id: row.service_id as ServiceId, label: row.label } : null,
  }));
}
