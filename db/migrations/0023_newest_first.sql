DROP INDEX "invoices_issued_idx";--> statement-breakpoint
DROP INDEX "payments_created_idx";--> statement-breakpoint
CREATE INDEX "invoices_issued_idx" ON "invoices" USING btree ("customer_id","issued_at","id");--> statement-breakpoint
CREATE INDEX "payments_created_idx" ON "payments" USING btree ("customer_id","created_at","id");