/**
 * A text that somebody typed, as a pattern that finds it anywhere; null where there is none to look for. Letters are
 * composed (NFC): a Mac types an accent as a letter of its own. Compare it with `normalize(column)`, since names are kept
 * as they were typed.
 */
export function likeOf(text: string | null): string | null {
  // PostgreSQL cannot even be asked for a text with a zero in it.
  const wanted = text?.replaceAll("\0", "").normalize("NFC").trim().slice(0, 100) ?? "";
  return wanted === "" ? null : `%${wanted.replace(/[\\%_]/g, (sign) => `\\${sign}`)}%`;
}
