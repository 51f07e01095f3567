/** The invoices that were chosen in the list; the use case judges what they are. */
export function parseChosen(raw: Record<string, string | string[] | undefined>): string[] {
  return [raw.invoice ?? []].flat().filter((id) => id.length <= 36);
}
