CREATE TABLE "plan_changes" (
	"customer_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"service_id" uuid NOT NULL,
	"term_id" uuid NOT NULL,
	"from_plan_id" uuid NOT NULL,
	"to_plan_id" uuid NOT NULL,
	"currency" text NOT NULL,
	"old_net_minor" bigint NOT NULL,
	"new_net_minor" bigint NOT NULL,
	"remaining_days" integer NOT NULL,
	"term_days" integer NOT NULL,
	"credited_minor" bigint NOT NULL,
	"charged_minor" bigint NOT NULL,
	"invoice_id" uuid,
	"user_id" uuid NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	CONSTRAINT "plan_changes_pk" PRIMARY KEY("customer_id","id"),
	CONSTRAINT "plan_changes_currency_check" CHECK ("plan_changes"."currency" ~ '^[A-Z]{3}$'),
	CONSTRAINT "plan_changes_amount_check" CHECK ("plan_changes"."old_net_minor" >= 0 and "plan_changes"."new_net_minor" >= 0 and "plan_changes"."credited_minor" between 0 and "plan_changes"."old_net_minor" and "plan_changes"."charged_minor" between 0 and "plan_changes"."new_net_minor"),
	CONSTRAINT "plan_changes_days_check" CHECK (0 <= "plan_changes"."remaining_days" and "plan_changes"."remaining_days" <= "plan_changes"."term_days" and "plan_changes"."term_days" > 0),
	CONSTRAINT "plan_changes_plan_check" CHECK ("plan_changes"."from_plan_id" <> "plan_changes"."to_plan_id")
);
--> statement-breakpoint
CREATE TABLE "webhook_deliveries" (
	"customer_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"endpoint_id" uuid NOT NULL,
	"outbox_id" uuid NOT NULL,
	"subject_id" uuid NOT NULL,
	"topic" text NOT NULL,
	"body" jsonb NOT NULL,
	"state" text NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"next_attempt_at" timestamp with time zone,
	"last_attempt_at" timestamp with time zone,
	"answer_status" integer,
	"failure_code" text,
	"created_at" timestamp with time zone NOT NULL,
	"delivered_at" timestamp with time zone,
	CONSTRAINT "webhook_deliveries_pk" PRIMARY KEY("customer_id","id"),
	CONSTRAINT "webhook_deliveries_state_check" CHECK ("webhook_deliveries"."state" in ('waiting', 'delivered', 'parked', 'dropped')),
	CONSTRAINT "webhook_deliveries_next_check" CHECK (("webhook_deliveries"."state" = 'waiting') = ("webhook_deliveries"."next_attempt_at" is not null)),
	CONSTRAINT "webhook_deliveries_delivered_check" CHECK (("webhook_deliveries"."state" = 'delivered') = ("webhook_deliveries"."delivered_at" is not null))
);
--> statement-breakpoint
CREATE TABLE "webhook_endpoints" (
	"id" uuid NOT NULL,
	"url" text NOT NULL,
	"note" text DEFAULT '' NOT NULL,
	"sealed_secret" text NOT NULL,
	"user_id" uuid NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"disabled_at" timestamp with time zone,
	CONSTRAINT "webhook_endpoints_pk" PRIMARY KEY("id"),
	CONSTRAINT "webhook_endpoints_text_check" CHECK (length("webhook_endpoints"."url") between 8 and 2000 and length("webhook_endpoints"."note") <= 200)
);
--> statement-breakpoint
ALTER TABLE "credit_notes" DROP CONSTRAINT "credit_notes_reason_check";--> statement-breakpoint
ALTER TABLE "services" ADD COLUMN "next_plan_id" uuid;--> statement-breakpoint
ALTER TABLE "services" ADD COLUMN "next_plan_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "plan_changes" ADD CONSTRAINT "plan_changes_service_fk" FOREIGN KEY ("customer_id","service_id") REFERENCES "public"."services"("customer_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "plan_changes" ADD CONSTRAINT "plan_changes_term_fk" FOREIGN KEY ("customer_id","term_id") REFERENCES "public"."terms"("customer_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "plan_changes" ADD CONSTRAINT "plan_changes_invoice_fk" FOREIGN KEY ("customer_id","invoice_id") REFERENCES "public"."invoices"("customer_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "plan_changes" ADD CONSTRAINT "plan_changes_from_fk" FOREIGN KEY ("from_plan_id") REFERENCES "public"."plans"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "plan_changes" ADD CONSTRAINT "plan_changes_to_fk" FOREIGN KEY ("to_plan_id") REFERENCES "public"."plans"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "plan_changes" ADD CONSTRAINT "plan_changes_user_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "webhook_deliveries" ADD CONSTRAINT "webhook_deliveries_outbox_fk" FOREIGN KEY ("customer_id","outbox_id") REFERENCES "public"."outbox"("customer_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "webhook_deliveries" ADD CONSTRAINT "webhook_deliveries_endpoint_fk" FOREIGN KEY ("endpoint_id") REFERENCES "public"."webhook_endpoints"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "webhook_endpoints" ADD CONSTRAINT "webhook_endpoints_user_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "plan_changes_service_idx" ON "plan_changes" USING btree ("customer_id","service_id","id");--> statement-breakpoint
CREATE INDEX "plan_changes_term_idx" ON "plan_changes" USING btree ("customer_id","term_id","id");--> statement-breakpoint
CREATE INDEX "plan_changes_invoice_idx" ON "plan_changes" USING btree ("customer_id","invoice_id") WHERE "plan_changes"."invoice_id" is not null;--> statement-breakpoint
CREATE INDEX "plan_changes_from_idx" ON "plan_changes" USING btree ("from_plan_id");--> statement-breakpoint
CREATE INDEX "plan_changes_to_idx" ON "plan_changes" USING btree ("to_plan_id");--> statement-breakpoint
CREATE INDEX "plan_changes_user_idx" ON "plan_changes" USING btree ("user_id");--> statement-breakpoint
CREATE UNIQUE INDEX "webhook_deliveries_once_key" ON "webhook_deliveries" USING btree ("customer_id","outbox_id","endpoint_id");--> statement-breakpoint
CREATE INDEX "webhook_deliveries_endpoint_idx" ON "webhook_deliveries" USING btree ("endpoint_id","id");--> statement-breakpoint
CREATE INDEX "webhook_deliveries_waiting_idx" ON "webhook_deliveries" USING btree ("endpoint_id","subject_id","outbox_id") WHERE "webhook_deliveries"."state" = 'waiting';--> statement-breakpoint
CREATE INDEX "webhook_endpoints_user_idx" ON "webhook_endpoints" USING btree ("user_id");--> statement-breakpoint
ALTER TABLE "services" ADD CONSTRAINT "services_next_plan_fk" FOREIGN KEY ("next_plan_id") REFERENCES "public"."plans"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "services_next_plan_idx" ON "services" USING btree ("next_plan_id","next_plan_at") WHERE "services"."next_plan_id" is not null;--> statement-breakpoint
ALTER TABLE "credit_notes" ADD CONSTRAINT "credit_notes_reason_check" CHECK ("credit_notes"."reason" in ('canceled', 'voided', 'changed'));--> statement-breakpoint
ALTER TABLE "services" ADD CONSTRAINT "services_next_plan_check" CHECK (("services"."next_plan_id" is null) = ("services"."next_plan_at" is null));
--> statement-breakpoint
ALTER TABLE plan_changes ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY plan_changes_own ON plan_changes TO mallard_app USING (customer_id = nullif(current_setting('mallard.customer', true), '')::uuid);
--> statement-breakpoint
CREATE POLICY plan_changes_all ON plan_changes TO mallard_jobs, mallard_staff USING (true);
--> statement-breakpoint
ALTER TABLE webhook_deliveries ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
-- What goes to the host's own systems is the house's: a customer's pages have no grant on it.
CREATE POLICY webhook_deliveries_own ON webhook_deliveries TO mallard_app USING (customer_id = nullif(current_setting('mallard.customer', true), '')::uuid);
--> statement-breakpoint
CREATE POLICY webhook_deliveries_all ON webhook_deliveries TO mallard_jobs, mallard_staff USING (true);
--> statement-breakpoint
GRANT SELECT, INSERT ON plan_changes TO mallard_app, mallard_jobs, mallard_staff;
--> statement-breakpoint
GRANT UPDATE (plan_id, next_plan_id, next_plan_at) ON services TO mallard_app, mallard_jobs, mallard_staff;
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE (state, attempts, next_attempt_at, last_attempt_at, answer_status, failure_code, delivered_at) ON webhook_deliveries TO mallard_jobs;
--> statement-breakpoint
GRANT SELECT, UPDATE (state, attempts, next_attempt_at) ON webhook_deliveries TO mallard_staff;
--> statement-breakpoint
GRANT SELECT ON webhook_endpoints TO mallard_jobs, mallard_staff;
--> statement-breakpoint
GRANT INSERT, UPDATE (note, disabled_at) ON webhook_endpoints TO mallard_staff;
