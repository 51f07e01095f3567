CREATE TABLE "credit_note_numbers" (
	"series" text NOT NULL,
	"sequence" bigint NOT NULL,
	"customer_id" uuid NOT NULL,
	"credit_note_id" uuid NOT NULL,
	CONSTRAINT "credit_note_numbers_pk" PRIMARY KEY("series","sequence")
);
--> statement-breakpoint
CREATE TABLE "credit_notes" (
	"customer_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"number" text,
	"invoice_id" uuid NOT NULL,
	"reason" text NOT NULL,
	"note" text DEFAULT '' NOT NULL,
	"currency" text NOT NULL,
	"net_minor" bigint NOT NULL,
	"tax_minor" bigint NOT NULL,
	"total_minor" bigint NOT NULL,
	"user_id" uuid,
	"issued_at" timestamp with time zone NOT NULL,
	CONSTRAINT "credit_notes_pk" PRIMARY KEY("customer_id","id"),
	CONSTRAINT "credit_notes_reason_check" CHECK ("credit_notes"."reason" in ('canceled', 'voided')),
	CONSTRAINT "credit_notes_currency_check" CHECK ("credit_notes"."currency" ~ '^[A-Z]{3}$'),
	CONSTRAINT "credit_notes_total_check" CHECK ("credit_notes"."net_minor" >= 0 and "credit_notes"."tax_minor" >= 0 and "credit_notes"."total_minor" = "credit_notes"."net_minor" + "credit_notes"."tax_minor" and "credit_notes"."total_minor" > 0)
);
--> statement-breakpoint
ALTER TABLE "credit_note_numbers" ADD CONSTRAINT "credit_note_numbers_series_fk" FOREIGN KEY ("series") REFERENCES "public"."invoice_series"("key") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "credit_note_numbers" ADD CONSTRAINT "credit_note_numbers_note_fk" FOREIGN KEY ("customer_id","credit_note_id") REFERENCES "public"."credit_notes"("customer_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "credit_notes" ADD CONSTRAINT "credit_notes_invoice_fk" FOREIGN KEY ("customer_id","invoice_id") REFERENCES "public"."invoices"("customer_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "credit_notes" ADD CONSTRAINT "credit_notes_user_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "credit_note_numbers_note_key" ON "credit_note_numbers" USING btree ("customer_id","credit_note_id");--> statement-breakpoint
CREATE UNIQUE INDEX "credit_notes_number_key" ON "credit_notes" USING btree ("customer_id","number");--> statement-breakpoint
CREATE INDEX "credit_notes_invoice_idx" ON "credit_notes" USING btree ("customer_id","invoice_id");--> statement-breakpoint
CREATE INDEX "credit_notes_user_idx" ON "credit_notes" USING btree ("user_id") WHERE "credit_notes"."user_id" is not null;--> statement-breakpoint
ALTER TABLE credit_notes ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY credit_notes_own ON credit_notes TO mallard_app USING (customer_id = nullif(current_setting('mallard.customer', true), '')::uuid);
--> statement-breakpoint
CREATE POLICY credit_notes_all ON credit_notes TO mallard_jobs, mallard_staff USING (true);
--> statement-breakpoint
GRANT SELECT, INSERT ON credit_notes TO mallard_app, mallard_jobs, mallard_staff;
--> statement-breakpoint
GRANT UPDATE (number) ON credit_notes TO mallard_app, mallard_jobs, mallard_staff;
--> statement-breakpoint
GRANT INSERT ON credit_note_numbers TO mallard_app, mallard_jobs, mallard_staff;
--> statement-breakpoint
GRANT SELECT ON credit_note_numbers TO mallard_jobs, mallard_staff;
