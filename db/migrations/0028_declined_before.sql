ALTER TABLE "renewals" ADD COLUMN "was_declined" boolean DEFAULT false NOT NULL;--> statement-breakpoint
UPDATE "renewals" SET "was_declined" = true WHERE "state" = 'declined';
--> statement-breakpoint
GRANT UPDATE (was_declined) ON renewals TO mallard_app, mallard_jobs, mallard_staff;
