ALTER TABLE "notices" DROP CONSTRAINT "notices_sent_check";--> statement-breakpoint
CREATE INDEX "notices_created_idx" ON "notices" USING btree ("created_at","id");--> statement-breakpoint
ALTER TABLE "notices" ADD CONSTRAINT "notices_sent_check" CHECK ("notices"."state" <> 'sent' or "notices"."sent_at" is not null);--> statement-breakpoint
-- Staff send a mail once more: the row of the outbox is open again, and its notice waits.
GRANT UPDATE (state) ON notices TO mallard_staff;--> statement-breakpoint
GRANT UPDATE (handled_at) ON outbox TO mallard_staff;
