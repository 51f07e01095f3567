/** From which invoice it was begun, by its number; the use case judges what it is. */
export function parseTopUpQuery(raw: Record<string, string | string[] | undefined>): {
  invoiceNumber: string | null;
} {
  const number = [raw.invoice ?? ""].flat()[0] ?? "";
  return { invoiceNumber: number !== "" && number.length <= 100 ? number : null };
}

export function topUpHref(invoiceNumber: string | null): string {
  if (invoiceNumber === null) return "/balance/top-up";
  return `/balance/top-up?${new URLSearchParams({ invoice: invoiceNumber })}`;
}
