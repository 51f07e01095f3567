/** The page that pays these invoices together. */
export function payHref(invoiceIds: readonly string[]): string {
  const params = new URLSearchParams(invoiceIds.map((id) => ["invoice", id]));
  return `/invoices/pay?${params}`;
}
