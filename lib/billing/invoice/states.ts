export type InvoiceState = "open" | "paid" | "void" | "written_off";

/** domain.md, States. "Past due", "partly paid" and "payment in progress" are derived, never stored. */
export const successors = {
  open: ["paid", "void", "written_off"],
  written_off: ["paid"],
  paid: [],
  void: [],
} as const satisfies Record<InvoiceState, readonly InvoiceState[]>;

export function mayBecome(from: InvoiceState, to: InvoiceState): boolean {
  return (successors[from] as readonly InvoiceState[]).includes(to);
}
