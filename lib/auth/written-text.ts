/**
 * What a text is without the control characters that nobody types. They come along when text is copied from a document or a
 * terminal, show nowhere, and break papers, mails and lists. What a document breaks a line with becomes a space.
 */
export function withoutControls(text: string): string {
  return text.replace(/[\v\f\u0085]/g, " ").replace(/(?![\t\n\r])\p{Cc}/gu, "");
}

/** Whether PostgreSQL can keep a text: no zero byte, and no half of a surrogate pair, which `jsonb` refuses. */
export function isStorable(text: string): boolean {
  return !/[\0\p{Surrogate}]/u.test(text);
}
