import { createHash } from "node:crypto";
import type { ChargeWay } from "./charge-way";

/** What makes two requests with one payment id the same payment: the invoices, who pays what, and with which card. Hex SHA-256. */
export function contentHash(content: {
  kind: "invoices" | "top_up";
  invoiceIds: readonly string[];
  balanceMinor: bigint;
  cardMinor: bigint;
  excessMinor: bigint;
  /** Absent: on Stripe's page, with a card that is not kept. */
  way?: ChargeWay | undefined;
}): string {
  const parts = [
    content.kind,
    [...content.invoiceIds].sort().join(","),
    content.balanceMinor,
    content.cardMinor,
    content.excessMinor,
    ...wayParts(content.way),
  ];
  return createHash("sha256").update(parts.join("\n")).digest("hex");
}

function wayParts(way: ChargeWay | undefined): string[] {
  if (way?.by === "card") return [way.cardId];
  return way?.savesCard ? ["saves the card"] : [];
}
