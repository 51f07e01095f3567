CREATE TABLE "payment_methods" (
	"customer_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"stripe_payment_method_id" text NOT NULL,
	"fingerprint" text,
	"brand" text NOT NULL,
	"last4" text NOT NULL,
	"exp_month" integer NOT NULL,
	"exp_year" integer NOT NULL,
	"is_default" boolean NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"detached_at" timestamp with time zone,
	CONSTRAINT "payment_methods_pk" PRIMARY KEY("customer_id","id"),
	CONSTRAINT "payment_methods_last4_check" CHECK ("payment_methods"."last4" ~ '^[0-9]{4}$'),
	CONSTRAINT "payment_methods_expiry_check" CHECK ("payment_methods"."exp_month" between 1 and 12 and "payment_methods"."exp_year" between 2000 and 2199),
	CONSTRAINT "payment_methods_detached_check" CHECK ("payment_methods"."detached_at" is null or not "payment_methods"."is_default")
);
--> statement-breakpoint
ALTER TABLE "stripe_objects" DROP CONSTRAINT "stripe_objects_kind_check";--> statement-breakpoint
ALTER TABLE "payments" ADD COLUMN "payment_method_id" uuid;--> statement-breakpoint
ALTER TABLE "payment_methods" ADD CONSTRAINT "payment_methods_customer_fk" FOREIGN KEY ("customer_id") REFERENCES "public"."customers"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "payment_methods_stripe_key" ON "payment_methods" USING btree ("customer_id","stripe_payment_method_id");--> statement-breakpoint
CREATE UNIQUE INDEX "payment_methods_default_key" ON "payment_methods" USING btree ("customer_id") WHERE "payment_methods"."is_default";--> statement-breakpoint
CREATE INDEX "payment_methods_attached_idx" ON "payment_methods" USING btree ("customer_id","created_at","id") WHERE "payment_methods"."detached_at" is null;--> statement-breakpoint
ALTER TABLE "payments" ADD CONSTRAINT "payments_method_fk" FOREIGN KEY ("customer_id","payment_method_id") REFERENCES "public"."payment_methods"("customer_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "payments_method_idx" ON "payments" USING btree ("customer_id","payment_method_id") WHERE "payments"."payment_method_id" is not null;--> statement-breakpoint
ALTER TABLE "payments" ADD CONSTRAINT "payments_method_check" CHECK ("payments"."payment_method_id" is null or "payments"."card_minor" > 0);--> statement-breakpoint
ALTER TABLE "stripe_objects" ADD CONSTRAINT "stripe_objects_kind_check" CHECK ("stripe_objects"."kind" in ('customer', 'checkout_session', 'payment_intent', 'payment_method', 'charge', 'refund', 'dispute'));
--> statement-breakpoint
ALTER TABLE payment_methods ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY payment_methods_own ON payment_methods TO mallard_app USING (customer_id = nullif(current_setting('mallard.customer', true), '')::uuid);
--> statement-breakpoint
CREATE POLICY payment_methods_all ON payment_methods TO mallard_jobs, mallard_staff USING (true);
--> statement-breakpoint
GRANT SELECT ON payment_methods TO mallard_app, mallard_jobs, mallard_staff;
--> statement-breakpoint
GRANT UPDATE (is_default) ON payment_methods TO mallard_app;
--> statement-breakpoint
GRANT INSERT, UPDATE (brand, last4, exp_month, exp_year, is_default, detached_at) ON payment_methods TO mallard_jobs;
