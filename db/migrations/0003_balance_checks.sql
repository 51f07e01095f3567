ALTER TABLE "balance_checks" DROP CONSTRAINT "balance_checks_balance_fk";
--> statement-breakpoint
ALTER TABLE "balance_checks" ADD CONSTRAINT "balance_checks_customer_fk" FOREIGN KEY ("customer_id") REFERENCES "public"."customers"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "balance_checks" ADD CONSTRAINT "balance_checks_currency_check" CHECK ("balance_checks"."currency" ~ '^[A-Z]{3}$');