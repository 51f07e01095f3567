CREATE TABLE "pay_links" (
	"customer_id" uuid NOT NULL,
	"invoice_id" uuid NOT NULL,
	"generation" integer NOT NULL,
	"revoked_at" timestamp with time zone NOT NULL,
	CONSTRAINT "pay_links_pk" PRIMARY KEY("customer_id","invoice_id"),
	CONSTRAINT "pay_links_generation_check" CHECK ("pay_links"."generation" between 1 and 65535)
);
--> statement-breakpoint
ALTER TABLE "payments" DROP CONSTRAINT "payments_origin_check";--> statement-breakpoint
ALTER TABLE "pay_links" ADD CONSTRAINT "pay_links_invoice_fk" FOREIGN KEY ("customer_id","invoice_id") REFERENCES "public"."invoices"("customer_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "payments" ADD CONSTRAINT "payments_origin_check" CHECK ("payments"."origin" in ('customer', 'link', 'staff', 'auto'));--> statement-breakpoint
ALTER TABLE pay_links ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY pay_links_own ON pay_links TO mallard_app USING (customer_id = nullif(current_setting('mallard.customer', true), '')::uuid);
--> statement-breakpoint
CREATE POLICY pay_links_all ON pay_links TO mallard_jobs, mallard_staff USING (true);
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE (generation, revoked_at) ON pay_links TO mallard_app, mallard_staff;
--> statement-breakpoint
GRANT SELECT ON pay_links TO mallard_jobs;
