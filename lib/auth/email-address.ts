/** The one spelling of an address that `users` stores and every limit counts by. */
export function normalEmail(text: string): string {
  return text.trim().toLowerCase();
}

/** The mailbox that an address leads to, as far as its spelling tells: `a+1@x` and `a+2@x` are read by one person. */
export function mailboxOf(email: string): string {
  return normalEmail(email).replace(/(?<=^[^@+]+)\+[^@]*(?=@)/u, "");
}

/** Enough to refuse a slip and a second header line; the mail server judges the rest. */
export function isEmail(text: string): boolean {
  return (
    text.length <= 254 &&
    /^[^\s@<>,;:"\\()[\]\p{Cc}]+@[^\s@<>,;:"\\()[\]\p{Cc}]+\.[^\s@<>,;:"\\()[\]\p{Cc}]+$/u.test(text)
  );
}
