ALTER TABLE "outbox" ADD COLUMN "claimed_until" timestamp with time zone;--> statement-breakpoint
GRANT UPDATE (claimed_until) ON outbox TO mallard_jobs;
