CREATE TABLE "auto_charges" (
	"customer_id" uuid NOT NULL,
	"payment_method_id" uuid NOT NULL,
	"pays_invoices" boolean NOT NULL,
	"stopped_at" timestamp with time zone,
	"stopped_code" text,
	"user_id" uuid NOT NULL,
	"changed_at" timestamp with time zone NOT NULL,
	CONSTRAINT "auto_charges_pk" PRIMARY KEY("customer_id"),
	CONSTRAINT "auto_charges_stopped_check" CHECK (("auto_charges"."stopped_at" is null) = ("auto_charges"."stopped_code" is null))
);
--> statement-breakpoint
CREATE TABLE "auto_top_ups" (
	"customer_id" uuid NOT NULL,
	"currency" text NOT NULL,
	"is_on" boolean NOT NULL,
	"threshold_minor" bigint NOT NULL,
	"amount_minor" bigint NOT NULL,
	"monthly_cap_minor" bigint NOT NULL,
	"user_id" uuid NOT NULL,
	"changed_at" timestamp with time zone NOT NULL,
	CONSTRAINT "auto_top_ups_pk" PRIMARY KEY("customer_id","currency"),
	CONSTRAINT "auto_top_ups_currency_check" CHECK ("auto_top_ups"."currency" ~ '^[A-Z]{3}$'),
	CONSTRAINT "auto_top_ups_amounts_check" CHECK ("auto_top_ups"."threshold_minor" >= 0 and "auto_top_ups"."amount_minor" > 0 and "auto_top_ups"."monthly_cap_minor" >= "auto_top_ups"."amount_minor")
);
--> statement-breakpoint
CREATE TABLE "renewal_runs" (
	"id" uuid NOT NULL,
	"started_at" timestamp with time zone NOT NULL,
	"updated_at" timestamp with time zone NOT NULL,
	"ended_at" timestamp with time zone,
	"due" integer NOT NULL,
	"issued" integer NOT NULL,
	"paid" integer NOT NULL,
	"short" integer NOT NULL,
	"parked" integer NOT NULL,
	CONSTRAINT "renewal_runs_pk" PRIMARY KEY("id"),
	CONSTRAINT "renewal_runs_counts_check" CHECK ("renewal_runs"."due" >= 0 and "renewal_runs"."issued" >= 0 and "renewal_runs"."paid" >= 0 and "renewal_runs"."short" >= 0 and "renewal_runs"."parked" >= 0)
);
--> statement-breakpoint
ALTER TABLE "credit_notes" DROP CONSTRAINT "credit_notes_reason_check";--> statement-breakpoint
ALTER TABLE "reminders" DROP CONSTRAINT "reminders_kind_check";--> statement-breakpoint
ALTER TABLE "plans" DROP CONSTRAINT "plans_days_check";--> statement-breakpoint
ALTER TABLE "plans" ADD COLUMN "own_grace_days" integer DEFAULT 3 NOT NULL;--> statement-breakpoint
ALTER TABLE "renewals" ADD COLUMN "own_grace_days" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "renewals" ADD COLUMN "deferred_until" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "services" ADD COLUMN "suspended_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "services" ADD COLUMN "suspension_hold_until" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "auto_charges" ADD CONSTRAINT "auto_charges_customer_fk" FOREIGN KEY ("customer_id") REFERENCES "public"."customers"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "auto_charges" ADD CONSTRAINT "auto_charges_method_fk" FOREIGN KEY ("customer_id","payment_method_id") REFERENCES "public"."payment_methods"("customer_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "auto_charges" ADD CONSTRAINT "auto_charges_user_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "auto_top_ups" ADD CONSTRAINT "auto_top_ups_customer_fk" FOREIGN KEY ("customer_id") REFERENCES "public"."customers"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "auto_top_ups" ADD CONSTRAINT "auto_top_ups_user_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "auto_charges_method_idx" ON "auto_charges" USING btree ("customer_id","payment_method_id");--> statement-breakpoint
CREATE INDEX "auto_charges_user_idx" ON "auto_charges" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "auto_top_ups_user_idx" ON "auto_top_ups" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "renewal_runs_started_idx" ON "renewal_runs" USING btree ("started_at");--> statement-breakpoint
ALTER TABLE "credit_notes" ADD CONSTRAINT "credit_notes_reason_check" CHECK ("credit_notes"."reason" in ('canceled', 'voided', 'changed', 'terminated', 'unpaid'));--> statement-breakpoint
ALTER TABLE "reminders" ADD CONSTRAINT "reminders_kind_check" CHECK ("reminders"."kind" in ('invoice_due', 'balance_low', 'suspension_ahead', 'termination_ahead'));--> statement-breakpoint
ALTER TABLE "plans" ADD CONSTRAINT "plans_days_check" CHECK ("plans"."lead_days" >= 0 and "plans"."grace_days" >= 0 and "plans"."terminate_days" >= 0 and "plans"."own_grace_days" between 0 and 60);--> statement-breakpoint
ALTER TABLE "renewals" ADD CONSTRAINT "renewals_grace_check" CHECK ("renewals"."own_grace_days" between 0 and 60);--> statement-breakpoint
UPDATE services SET suspended_at = expires_at WHERE state = 'suspended';--> statement-breakpoint
ALTER TABLE "services" ADD CONSTRAINT "services_suspended_check" CHECK (("services"."state" = 'suspended') = ("services"."suspended_at" is not null));
--> statement-breakpoint
ALTER TABLE auto_charges ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY auto_charges_own ON auto_charges TO mallard_app USING (customer_id = nullif(current_setting('mallard.customer', true), '')::uuid);
--> statement-breakpoint
CREATE POLICY auto_charges_all ON auto_charges TO mallard_jobs, mallard_staff USING (true);
--> statement-breakpoint
ALTER TABLE auto_top_ups ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY auto_top_ups_own ON auto_top_ups TO mallard_app USING (customer_id = nullif(current_setting('mallard.customer', true), '')::uuid);
--> statement-breakpoint
CREATE POLICY auto_top_ups_all ON auto_top_ups TO mallard_jobs, mallard_staff USING (true);
--> statement-breakpoint
GRANT SELECT ON auto_charges, auto_top_ups TO mallard_app, mallard_jobs, mallard_staff;
--> statement-breakpoint
GRANT INSERT, UPDATE (payment_method_id, pays_invoices, stopped_at, stopped_code, user_id, changed_at) ON auto_charges TO mallard_app;
--> statement-breakpoint
GRANT UPDATE (payment_method_id, stopped_at, stopped_code) ON auto_charges TO mallard_jobs;
--> statement-breakpoint
GRANT INSERT, UPDATE (is_on, threshold_minor, amount_minor, monthly_cap_minor, user_id, changed_at) ON auto_top_ups TO mallard_app;
--> statement-breakpoint
GRANT SELECT ON renewal_runs TO mallard_jobs, mallard_staff;
--> statement-breakpoint
GRANT INSERT, UPDATE (updated_at, ended_at, due, issued, paid, short, parked) ON renewal_runs TO mallard_jobs;
--> statement-breakpoint
GRANT UPDATE (suspended_at) ON services TO mallard_app, mallard_jobs, mallard_staff;
--> statement-breakpoint
GRANT UPDATE (suspension_hold_until) ON services TO mallard_staff;
--> statement-breakpoint
GRANT UPDATE (own_grace_days) ON renewals TO mallard_app;
--> statement-breakpoint
GRANT UPDATE (deferred_until) ON renewals TO mallard_jobs;
