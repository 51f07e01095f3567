ALTER TABLE "bank_receipts" DROP CONSTRAINT "bank_receipts_assigned_check";--> statement-breakpoint
DROP INDEX "bank_receipts_unmatched_idx";--> statement-breakpoint
ALTER TABLE "bank_receipts" ADD COLUMN "returned_at" timestamp with time zone;--> statement-breakpoint
CREATE INDEX "bank_receipts_unmatched_idx" ON "bank_receipts" USING btree ("customer_id","id") WHERE "bank_receipts"."payment_id" is null and "bank_receipts"."assigned_at" is null and "bank_receipts"."returned_at" is null;--> statement-breakpoint
ALTER TABLE "bank_receipts" ADD CONSTRAINT "bank_receipts_assigned_check" CHECK (num_nonnulls("bank_receipts"."payment_id", "bank_receipts"."assigned_at", "bank_receipts"."returned_at") <= 1);
--> statement-breakpoint
GRANT UPDATE (returned_at) ON bank_receipts TO mallard_staff;
