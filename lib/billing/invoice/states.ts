/** domain.md, States. "Past due", "partly paid" and "payment in progress" are derived, never stored. */
export type InvoiceState = "open" | "paid" | "void" | "written_off";
