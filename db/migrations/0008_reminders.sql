CREATE TABLE "notices" (
	"customer_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"topic" text NOT NULL,
	"subject" text NOT NULL,
	"body" text NOT NULL,
	"link" text NOT NULL,
	"state" text NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"sent_at" timestamp with time zone,
	"read_at" timestamp with time zone,
	CONSTRAINT "notices_pk" PRIMARY KEY("customer_id","id"),
	CONSTRAINT "notices_state_check" CHECK ("notices"."state" in ('waiting', 'sent', 'undeliverable', 'withdrawn')),
	CONSTRAINT "notices_sent_check" CHECK (("notices"."state" = 'sent') = ("notices"."sent_at" is not null))
);
--> statement-breakpoint
CREATE TABLE "reminders" (
	"customer_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"kind" text NOT NULL,
	"subject_id" uuid NOT NULL,
	"stage" integer NOT NULL,
	"outbox_id" uuid NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	CONSTRAINT "reminders_pk" PRIMARY KEY("customer_id","id"),
	CONSTRAINT "reminders_kind_check" CHECK ("reminders"."kind" in ('invoice_due', 'balance_low'))
);
--> statement-breakpoint
ALTER TABLE "notices" ADD CONSTRAINT "notices_outbox_fk" FOREIGN KEY ("customer_id","id") REFERENCES "public"."outbox"("customer_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reminders" ADD CONSTRAINT "reminders_customer_fk" FOREIGN KEY ("customer_id") REFERENCES "public"."customers"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reminders" ADD CONSTRAINT "reminders_outbox_fk" FOREIGN KEY ("customer_id","outbox_id") REFERENCES "public"."outbox"("customer_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "notices_unread_idx" ON "notices" USING btree ("customer_id") WHERE "notices"."read_at" is null and "notices"."state" <> 'withdrawn';--> statement-breakpoint
CREATE UNIQUE INDEX "reminders_stage_key" ON "reminders" USING btree ("customer_id","kind","subject_id","stage");--> statement-breakpoint
CREATE INDEX "reminders_outbox_idx" ON "reminders" USING btree ("customer_id","outbox_id");
--> statement-breakpoint
ALTER TABLE notices ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY notices_own ON notices TO mallard_app USING (customer_id = nullif(current_setting('mallard.customer', true), '')::uuid);
--> statement-breakpoint
CREATE POLICY notices_all ON notices TO mallard_jobs, mallard_staff USING (true);
--> statement-breakpoint
ALTER TABLE reminders ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY reminders_own ON reminders TO mallard_app USING (customer_id = nullif(current_setting('mallard.customer', true), '')::uuid);
--> statement-breakpoint
CREATE POLICY reminders_all ON reminders TO mallard_jobs, mallard_staff USING (true);
--> statement-breakpoint
GRANT SELECT ON notices, reminders TO mallard_app, mallard_jobs, mallard_staff;
--> statement-breakpoint
GRANT UPDATE (read_at) ON notices TO mallard_app;
--> statement-breakpoint
GRANT INSERT, UPDATE (subject, body, link, state, attempts, sent_at) ON notices TO mallard_jobs;
--> statement-breakpoint
GRANT INSERT ON reminders TO mallard_app, mallard_jobs, mallard_staff;
