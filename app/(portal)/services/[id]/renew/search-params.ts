/** For how many terms; one where that is not understood. The use case knows how many are too many. */
export function parseTerms(raw: Record<string, string | string[] | undefined>): number {
  const text = [raw.terms ?? ""].flat()[0] ?? "";
  return /^[1-9]\d?$/.test(text) ? Number(text) : 1;
}

export function renewHref(serviceId: string, terms: number): string {
  const path = `/services/${encodeURIComponent(serviceId)}/renew`;
  return terms === 1 ? path : `${path}?terms=${terms}`;
}
