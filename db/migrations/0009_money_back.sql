CREATE TABLE "disputes" (
	"customer_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"charge_id" uuid NOT NULL,
	"stripe_dispute_id" text NOT NULL,
	"state" text NOT NULL,
	"is_inquiry" boolean NOT NULL,
	"currency" text NOT NULL,
	"amount_minor" bigint NOT NULL,
	"reason" text NOT NULL,
	"evidence_due_at" timestamp with time zone,
	"withdrawn_at" timestamp with time zone,
	"reinstated_at" timestamp with time zone,
	"poll_count" integer DEFAULT 0 NOT NULL,
	"next_poll_at" timestamp with time zone,
	"created_at" timestamp with time zone NOT NULL,
	"ended_at" timestamp with time zone,
	CONSTRAINT "disputes_pk" PRIMARY KEY("customer_id","id"),
	CONSTRAINT "disputes_state_check" CHECK ("disputes"."state" in ('open', 'won', 'lost')),
	CONSTRAINT "disputes_currency_check" CHECK ("disputes"."currency" ~ '^[A-Z]{3}$'),
	CONSTRAINT "disputes_amount_check" CHECK ("disputes"."amount_minor" > 0),
	CONSTRAINT "disputes_inquiry_check" CHECK (not "disputes"."is_inquiry" or "disputes"."withdrawn_at" is null),
	CONSTRAINT "disputes_reinstated_check" CHECK ("disputes"."reinstated_at" is null or "disputes"."withdrawn_at" is not null),
	CONSTRAINT "disputes_ended_check" CHECK (("disputes"."state" <> 'open') = ("disputes"."ended_at" is not null)),
	CONSTRAINT "disputes_polled_check" CHECK ("disputes"."state" <> 'open' or "disputes"."next_poll_at" is not null)
);
--> statement-breakpoint
CREATE TABLE "refunds" (
	"customer_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"charge_id" uuid NOT NULL,
	"origin" text NOT NULL,
	"state" text NOT NULL,
	"currency" text NOT NULL,
	"amount_minor" bigint NOT NULL,
	"note" text,
	"user_id" uuid,
	"request_key" text,
	"request" jsonb,
	"stripe_refund_id" text,
	"failure_code" text,
	"send_count" integer DEFAULT 0 NOT NULL,
	"first_sent_at" timestamp with time zone,
	"poll_count" integer DEFAULT 0 NOT NULL,
	"next_poll_at" timestamp with time zone,
	"created_at" timestamp with time zone NOT NULL,
	"booked_at" timestamp with time zone,
	"ended_at" timestamp with time zone,
	CONSTRAINT "refunds_pk" PRIMARY KEY("customer_id","id"),
	CONSTRAINT "refunds_state_check" CHECK ("refunds"."state" in ('created', 'sent', 'pending', 'unknown', 'succeeded', 'failed')),
	CONSTRAINT "refunds_origin_check" CHECK ("refunds"."origin" in ('staff', 'dashboard')),
	CONSTRAINT "refunds_currency_check" CHECK ("refunds"."currency" ~ '^[A-Z]{3}$'),
	CONSTRAINT "refunds_amount_check" CHECK ("refunds"."amount_minor" > 0),
	CONSTRAINT "refunds_request_check" CHECK (case "refunds"."origin"
        when 'staff' then "refunds"."request" is not null and "refunds"."request_key" is not null and "refunds"."user_id" is not null and "refunds"."note" is not null
        else "refunds"."request" is null and "refunds"."request_key" is null and "refunds"."stripe_refund_id" is not null end),
	CONSTRAINT "refunds_booked_check" CHECK ("refunds"."booked_at" is null or "refunds"."stripe_refund_id" is not null),
	CONSTRAINT "refunds_succeeded_check" CHECK ("refunds"."state" <> 'succeeded' or "refunds"."booked_at" is not null),
	CONSTRAINT "refunds_ended_check" CHECK (("refunds"."state" in ('succeeded', 'failed')) = ("refunds"."ended_at" is not null)),
	CONSTRAINT "refunds_polled_check" CHECK ("refunds"."state" in ('succeeded', 'failed') or "refunds"."next_poll_at" is not null)
);
--> statement-breakpoint
ALTER TABLE "transfers" ADD COLUMN "refund_id" uuid;--> statement-breakpoint
ALTER TABLE "transfers" ADD COLUMN "dispute_id" uuid;--> statement-breakpoint
ALTER TABLE "disputes" ADD CONSTRAINT "disputes_charge_fk" FOREIGN KEY ("customer_id","charge_id") REFERENCES "public"."charges"("customer_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "refunds" ADD CONSTRAINT "refunds_charge_fk" FOREIGN KEY ("customer_id","charge_id") REFERENCES "public"."charges"("customer_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "refunds" ADD CONSTRAINT "refunds_user_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "disputes_stripe_key" ON "disputes" USING btree ("customer_id","stripe_dispute_id");--> statement-breakpoint
CREATE INDEX "disputes_charge_idx" ON "disputes" USING btree ("customer_id","charge_id");--> statement-breakpoint
CREATE INDEX "disputes_poll_idx" ON "disputes" USING btree ("next_poll_at") WHERE "disputes"."next_poll_at" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "refunds_stripe_key" ON "refunds" USING btree ("customer_id","stripe_refund_id") WHERE "refunds"."stripe_refund_id" is not null;--> statement-breakpoint
CREATE INDEX "refunds_charge_idx" ON "refunds" USING btree ("customer_id","charge_id");--> statement-breakpoint
CREATE INDEX "refunds_user_idx" ON "refunds" USING btree ("user_id") WHERE "refunds"."user_id" is not null;--> statement-breakpoint
CREATE INDEX "refunds_poll_idx" ON "refunds" USING btree ("next_poll_at") WHERE "refunds"."next_poll_at" is not null;--> statement-breakpoint
ALTER TABLE "transfers" ADD CONSTRAINT "transfers_refund_fk" FOREIGN KEY ("customer_id","refund_id") REFERENCES "public"."refunds"("customer_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "transfers" ADD CONSTRAINT "transfers_dispute_fk" FOREIGN KEY ("customer_id","dispute_id") REFERENCES "public"."disputes"("customer_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "transfers_refund_idx" ON "transfers" USING btree ("customer_id","refund_id") WHERE "transfers"."refund_id" is not null;--> statement-breakpoint
CREATE INDEX "transfers_dispute_idx" ON "transfers" USING btree ("customer_id","dispute_id") WHERE "transfers"."dispute_id" is not null;--> statement-breakpoint
ALTER TABLE "transfers" ADD CONSTRAINT "transfers_held_for_check" CHECK ("transfers"."kind" = 'posted' or num_nonnulls("transfers"."invoice_id", "transfers"."refund_id", "transfers"."dispute_id") = 1 and ("transfers"."invoice_id" is null) = ("transfers"."payment_id" is null));
--> statement-breakpoint
ALTER TABLE refunds ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY refunds_own ON refunds TO mallard_app USING (customer_id = nullif(current_setting('mallard.customer', true), '')::uuid);
--> statement-breakpoint
CREATE POLICY refunds_all ON refunds TO mallard_jobs, mallard_staff USING (true);
--> statement-breakpoint
ALTER TABLE disputes ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY disputes_own ON disputes TO mallard_app USING (customer_id = nullif(current_setting('mallard.customer', true), '')::uuid);
--> statement-breakpoint
CREATE POLICY disputes_all ON disputes TO mallard_jobs, mallard_staff USING (true);
--> statement-breakpoint
GRANT SELECT ON refunds, disputes TO mallard_app, mallard_jobs, mallard_staff;
--> statement-breakpoint
GRANT INSERT ON refunds TO mallard_staff;
--> statement-breakpoint
GRANT INSERT, UPDATE (state, stripe_refund_id, failure_code, send_count, first_sent_at, poll_count, next_poll_at, booked_at, ended_at) ON refunds TO mallard_jobs;
--> statement-breakpoint
GRANT INSERT, UPDATE (state, is_inquiry, amount_minor, reason, evidence_due_at, withdrawn_at, reinstated_at, poll_count, next_poll_at, ended_at) ON disputes TO mallard_jobs;
