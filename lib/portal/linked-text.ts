/** A piece of a text: words, or an address of the portal itself and where on it that leads. */
export interface TextPiece {
  text: string;
  path: string | null;
}

/**
 * A mail's text with the portal's own addresses as links. `origin` is the portal's as it was when the mail was written:
 * every other address stays words, and of a link only the path counts, since the portal may have moved.
 */
export function linkedText(text: string, origin: string | null): TextPiece[] {
  if (origin === null) return [{ text, path: null }];
  return text
    .split(/(https?:\/\/\S+)/)
    .filter((piece) => piece !== "")
    .map((piece) => ({ text: piece, path: pathAt(piece, origin) }));
}

/** The path of an address of that origin; null for another's and for words. */
export function pathAt(address: string, origin: string): string | null {
  if (!URL.canParse(address)) return null;
  const url = new URL(address);
  // "//elsewhere" as a path would lead to another site.
  return url.origin === origin && !url.pathname.startsWith("//") ? `${url.pathname}${url.search}` : null;
}
