/** From where on the inbox is shown. */
export function parseInboxQuery(raw: Record<string, string | string[] | undefined>): {
  cursor: string | null;
} {
  return { cursor: [raw.cursor ?? ""].flat()[0] || null };
}

export function inboxHref(cursor: string | null): string {
  return cursor === null ? "/inbox" : `/inbox?${new URLSearchParams({ cursor })}`;
}
