CREATE TABLE "notice_failures" (
	"customer_id" uuid NOT NULL,
	"notice_id" uuid NOT NULL,
	"sending" integer NOT NULL,
	"address" text NOT NULL,
	"is_copy" boolean NOT NULL,
	"kind" text NOT NULL,
	"reason" text NOT NULL,
	"noted_at" timestamp with time zone NOT NULL,
	CONSTRAINT "notice_failures_pk" PRIMARY KEY("customer_id","notice_id","sending","address"),
	CONSTRAINT "notice_failures_kind_check" CHECK ("notice_failures"."kind" in ('refused', 'bounced', 'delayed'))
);
--> statement-breakpoint
ALTER TABLE "notices" DROP CONSTRAINT "notices_state_check";--> statement-breakpoint
ALTER TABLE "notices" DROP CONSTRAINT "notices_sent_check";--> statement-breakpoint
ALTER TABLE "notices" ADD COLUMN "sending" integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE "notices" ADD COLUMN "copies" text[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "notice_failures" ADD CONSTRAINT "notice_failures_notice_fk" FOREIGN KEY ("customer_id","notice_id") REFERENCES "public"."notices"("customer_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "notices_id_idx" ON "notices" USING btree ("id");--> statement-breakpoint
ALTER TABLE "notices" ADD CONSTRAINT "notices_sending_check" CHECK ("notices"."sending" >= 1);--> statement-breakpoint
ALTER TABLE "notices" ADD CONSTRAINT "notices_state_check" CHECK ("notices"."state" in ('waiting', 'sent', 'bounced', 'undeliverable', 'withdrawn'));--> statement-breakpoint
ALTER TABLE "notices" ADD CONSTRAINT "notices_sent_check" CHECK ("notices"."state" not in ('sent', 'bounced') or "notices"."sent_at" is not null);
--> statement-breakpoint
ALTER TABLE notice_failures ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY notice_failures_own ON notice_failures TO mallard_app USING (customer_id = nullif(current_setting('mallard.customer', true), '')::uuid);
--> statement-breakpoint
CREATE POLICY notice_failures_all ON notice_failures TO mallard_jobs, mallard_staff USING (true);
--> statement-breakpoint
GRANT SELECT ON notice_failures TO mallard_app, mallard_jobs, mallard_staff;
--> statement-breakpoint
GRANT INSERT, UPDATE (kind, reason, noted_at) ON notice_failures TO mallard_jobs;
--> statement-breakpoint
GRANT UPDATE (copies) ON notices TO mallard_jobs;
--> statement-breakpoint
GRANT UPDATE (sending) ON notices TO mallard_staff;
