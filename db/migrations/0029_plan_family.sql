ALTER TABLE "plans" ADD COLUMN "family" text;--> statement-breakpoint
ALTER TABLE "plans" ADD CONSTRAINT "plans_family_check" CHECK (length("plans"."family") between 1 and 60);