import { sql } from "drizzle-orm";
import {
  check,
  customType,
  foreignKey,
  integer,
  pgTable,
  primaryKey,
  text,
  unique,
  uuid,
} from "drizzle-orm/pg-core";
import { customerId, instant } from "./columns";
import { customers } from "./customers";
import { payments } from "./payments";

const bytes = customType<{ data: Uint8Array }>({ dataType: () => "bytea" });

/** A document as it was first drawn. Rows are only ever added: whoever asks again gets the same bytes. */
export const papers = pgTable(
  "papers",
  {
    customerId: customerId(),
    kind: text("kind", { enum: ["invoice", "credit_note", "receipt"] }).notNull(),
    /** The invoice, the credit note, or the payment that a receipt is for. */
    subjectId: uuid("subject_id").notNull(),
    fileName: text("file_name").notNull(),
    content: bytes("content").notNull(),
    /** SHA-256 of the content, in hexadecimal. */
    sha256: text("sha256").notNull(),
    drawnAt: instant("drawn_at").notNull(),
  },
  (t) => [
    primaryKey({ name: "papers_pk", columns: [t.customerId, t.kind, t.subjectId] }),
    foreignKey({ name: "papers_customer_fk", columns: [t.customerId], foreignColumns: [customers.id] }),
    check("papers_kind_check", sql`${t.kind} in ('invoice', 'credit_note', 'receipt')`),
    check("papers_sha256_check", sql`${t.sha256} = encode(sha256(${t.content}), 'hex')`),
  ],
);

/** A customer's receipts count from 1, in the order in which they are first drawn. */
export const receiptNumbers = pgTable(
  "receipt_numbers",
  {
    customerId: customerId(),
    paymentId: uuid("payment_id").notNull(),
    sequence: integer("sequence").notNull(),
  },
  (t) => [
    primaryKey({ name: "receipt_numbers_pk", columns: [t.customerId, t.paymentId] }),
    unique("receipt_numbers_sequence_key").on(t.customerId, t.sequence),
    foreignKey({
      name: "receipt_numbers_payment_fk",
      columns: [t.customerId, t.paymentId],
      foreignColumns: [payments.customerId, payments.id],
    }),
    check("receipt_numbers_sequence_check", sql`${t.sequence} >= 1`),
  ],
);
