ALTER TABLE "outbox" ADD COLUMN "told_by" uuid;--> statement-breakpoint
ALTER TABLE "outbox" ADD CONSTRAINT "outbox_told_by_fk" FOREIGN KEY ("customer_id","told_by") REFERENCES "public"."outbox"("customer_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "outbox_told_by_idx" ON "outbox" USING btree ("customer_id","told_by") WHERE "outbox"."told_by" is not null;--> statement-breakpoint
GRANT UPDATE (told_by) ON outbox TO mallard_jobs;
