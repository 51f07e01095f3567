ALTER TABLE "disputes" ADD COLUMN "fee_minor" bigint;--> statement-breakpoint
ALTER TABLE "disputes" ADD COLUMN "fee_currency" text;--> statement-breakpoint
ALTER TABLE "refunds" ADD COLUMN "stripe_balance_transaction_id" text;--> statement-breakpoint
ALTER TABLE "refunds" ADD COLUMN "settled_minor" bigint;--> statement-breakpoint
ALTER TABLE "refunds" ADD COLUMN "settled_currency" text;--> statement-breakpoint
CREATE INDEX "transfers_debt_idx" ON "transfers" USING btree ("customer_id","currency") WHERE "transfers"."debit" = 'customer_debt' or "transfers"."credit" = 'customer_debt';--> statement-breakpoint
ALTER TABLE "disputes" ADD CONSTRAINT "disputes_fee_check" CHECK (("disputes"."fee_minor" is null) = ("disputes"."fee_currency" is null));--> statement-breakpoint
ALTER TABLE "refunds" ADD CONSTRAINT "refunds_settled_check" CHECK (num_nulls("refunds"."stripe_balance_transaction_id", "refunds"."settled_minor", "refunds"."settled_currency") in (0, 3) and ("refunds"."settled_minor" is null or "refunds"."booked_at" is not null));
--> statement-breakpoint
GRANT UPDATE (stripe_balance_transaction_id, settled_minor, settled_currency) ON refunds TO mallard_jobs;
--> statement-breakpoint
GRANT UPDATE (fee_minor, fee_currency) ON disputes TO mallard_jobs;
