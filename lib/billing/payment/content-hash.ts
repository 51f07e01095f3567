import { createHash } from "node:crypto";

/** What makes two requests with one payment id the same payment: the invoices and who pays what. Hex SHA-256. */
export function contentHash(content: {
  kind: "invoices" | "top_up";
  invoiceIds: readonly string[];
  balanceMinor: bigint;
  cardMinor: bigint;
  excessMinor: bigint;
}): string {
  const parts = [
    content.kind,
    [...content.invoiceIds].sort().join(","),
    content.balanceMinor,
    content.cardMinor,
    content.excessMinor,
  ];
  return createHash("sha256").update(parts.join("\n")).digest("hex");
}
