CREATE TABLE "book_checks" (
	"name" text NOT NULL,
	"checked_at" timestamp with time zone NOT NULL,
	"is_full" boolean NOT NULL,
	"checked_count" integer NOT NULL,
	"noun" text NOT NULL,
	"violation_count" integer NOT NULL,
	"violations" jsonb NOT NULL,
	CONSTRAINT "book_checks_pk" PRIMARY KEY("name"),
	CONSTRAINT "book_checks_count_check" CHECK ("book_checks"."checked_count" >= 0 and "book_checks"."violation_count" >= 0)
);
--> statement-breakpoint
CREATE TABLE "job_runs" (
	"name" text NOT NULL,
	"every_seconds" integer NOT NULL,
	"started_at" timestamp with time zone NOT NULL,
	"ended_at" timestamp with time zone,
	"failed_at" timestamp with time zone,
	"message" text,
	CONSTRAINT "job_runs_pk" PRIMARY KEY("name")
);
--> statement-breakpoint
ALTER TABLE "tokens" DROP CONSTRAINT "tokens_kind_check";--> statement-breakpoint
ALTER TABLE "tokens" DROP CONSTRAINT "tokens_user_check";--> statement-breakpoint
ALTER TABLE "sessions" ADD COLUMN "section" text DEFAULT 'portal' NOT NULL;--> statement-breakpoint
CREATE INDEX "activities_all_idx" ON "activities" USING btree ("id");--> statement-breakpoint
CREATE INDEX "invoices_all_issued_idx" ON "invoices" USING btree ("issued_at","id");--> statement-breakpoint
CREATE INDEX "payments_all_created_idx" ON "payments" USING btree ("created_at","id");--> statement-breakpoint
CREATE INDEX "stripe_events_received_idx" ON "stripe_events" USING btree ("received_at","id");--> statement-breakpoint
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_section_check" CHECK ("sessions"."section" in ('portal', 'admin'));--> statement-breakpoint
ALTER TABLE "tokens" ADD CONSTRAINT "tokens_kind_check" CHECK ("tokens"."kind" in ('password_reset', 'first_admin', 'staff_invite'));--> statement-breakpoint
ALTER TABLE "tokens" ADD CONSTRAINT "tokens_user_check" CHECK (("tokens"."kind" = 'password_reset') = ("tokens"."user_id" is not null));
--> statement-breakpoint
-- The sessions that staff have open now stay theirs.
UPDATE sessions SET section = 'admin' WHERE user_id IN (SELECT user_id FROM staff WHERE disabled_at IS NULL);
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE ON book_checks, job_runs TO mallard_jobs;
--> statement-breakpoint
GRANT SELECT ON book_checks, job_runs TO mallard_staff;
