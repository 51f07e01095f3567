ALTER TABLE "invoice_claims" ADD COLUMN "is_issued_for_it" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "services" ADD COLUMN "cancel_requested_at" timestamp with time zone;--> statement-breakpoint
GRANT UPDATE (cancel_requested_at) ON services TO mallard_app, mallard_jobs, mallard_staff;
