import { invoiceNumber } from "@/lib/billing/invoice/number-invoices";

/** Which invoices somebody means who typed a number: of one series, or of that place in every series. */
export interface NumberSearch {
  /** Null: in every series. */
  readonly series: string | null;
  readonly sequence: string;
  /** As it is printed, where the series is known. */
  readonly printed: string | null;
}

/** Reads "INV-2026-000494", "inv-2026-494" and "494"; null for anything else. */
export function numberSearch(text: string): NumberSearch | null {
  const [, series = null, sequence] =
    /^(?:([A-Z]+-\d{4})-)?0*(\d{1,18})$/.exec(text.trim().toUpperCase()) ?? [];
  if (sequence === undefined) return null;
  return { series, sequence, printed: series && invoiceNumber(series, BigInt(sequence)) };
}
