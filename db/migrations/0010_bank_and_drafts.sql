CREATE TABLE "bank_receipt_keys" (
	"currency" text NOT NULL,
	"amount_minor" bigint NOT NULL,
	"value_date" date NOT NULL,
	"reference" text NOT NULL,
	"receipt_id" uuid NOT NULL,
	CONSTRAINT "bank_receipt_keys_pk" PRIMARY KEY("currency","amount_minor","value_date","reference")
);
--> statement-breakpoint
CREATE TABLE "bank_receipts" (
	"customer_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"payment_id" uuid,
	"currency" text NOT NULL,
	"amount_minor" bigint NOT NULL,
	"value_date" date NOT NULL,
	"reference" text NOT NULL,
	"sender" text DEFAULT '' NOT NULL,
	"user_id" uuid NOT NULL,
	"recorded_at" timestamp with time zone NOT NULL,
	"assigned_at" timestamp with time zone,
	CONSTRAINT "bank_receipts_pk" PRIMARY KEY("customer_id","id"),
	CONSTRAINT "bank_receipts_currency_check" CHECK ("bank_receipts"."currency" ~ '^[A-Z]{3}$'),
	CONSTRAINT "bank_receipts_amount_check" CHECK ("bank_receipts"."amount_minor" > 0),
	CONSTRAINT "bank_receipts_text_check" CHECK (length("bank_receipts"."reference") between 1 and 140 and length("bank_receipts"."sender") <= 140),
	CONSTRAINT "bank_receipts_assigned_check" CHECK ("bank_receipts"."payment_id" is null or "bank_receipts"."assigned_at" is null)
);
--> statement-breakpoint
CREATE TABLE "invoice_drafts" (
	"customer_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"currency" text NOT NULL,
	"due_days" integer NOT NULL,
	"note" text DEFAULT '' NOT NULL,
	"lines" jsonb NOT NULL,
	"user_id" uuid NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"updated_at" timestamp with time zone NOT NULL,
	CONSTRAINT "invoice_drafts_pk" PRIMARY KEY("customer_id","id"),
	CONSTRAINT "invoice_drafts_version_check" CHECK ("invoice_drafts"."version" > 0),
	CONSTRAINT "invoice_drafts_currency_check" CHECK ("invoice_drafts"."currency" ~ '^[A-Z]{3}$'),
	CONSTRAINT "invoice_drafts_due_check" CHECK ("invoice_drafts"."due_days" between 0 and 365),
	CONSTRAINT "invoice_drafts_note_check" CHECK (length("invoice_drafts"."note") <= 1000)
);
--> statement-breakpoint
ALTER TABLE "invoice_lines" DROP CONSTRAINT "invoice_lines_tax_check";--> statement-breakpoint
ALTER TABLE "payment_shares" DROP CONSTRAINT "payment_shares_amount_check";--> statement-breakpoint
ALTER TABLE "payments" DROP CONSTRAINT "payments_funding_check";--> statement-breakpoint
ALTER TABLE "payments" DROP CONSTRAINT "payments_excess_check";--> statement-breakpoint
ALTER TABLE "transfers" ADD COLUMN "bank_receipt_id" uuid;--> statement-breakpoint
ALTER TABLE "invoices" ADD COLUMN "note" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "payment_shares" ADD COLUMN "bank_minor" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "payments" ADD COLUMN "bank_minor" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "bank_receipts" ADD CONSTRAINT "bank_receipts_customer_fk" FOREIGN KEY ("customer_id") REFERENCES "public"."customers"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "bank_receipts" ADD CONSTRAINT "bank_receipts_payment_fk" FOREIGN KEY ("customer_id","payment_id") REFERENCES "public"."payments"("customer_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "bank_receipts" ADD CONSTRAINT "bank_receipts_user_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "invoice_drafts" ADD CONSTRAINT "invoice_drafts_customer_fk" FOREIGN KEY ("customer_id") REFERENCES "public"."customers"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "invoice_drafts" ADD CONSTRAINT "invoice_drafts_user_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "bank_receipt_keys_receipt_key" ON "bank_receipt_keys" USING btree ("receipt_id");--> statement-breakpoint
CREATE UNIQUE INDEX "bank_receipts_payment_key" ON "bank_receipts" USING btree ("customer_id","payment_id");--> statement-breakpoint
CREATE INDEX "bank_receipts_user_idx" ON "bank_receipts" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "bank_receipts_unmatched_idx" ON "bank_receipts" USING btree ("customer_id","id") WHERE "bank_receipts"."payment_id" is null and "bank_receipts"."assigned_at" is null;--> statement-breakpoint
CREATE INDEX "invoice_drafts_user_idx" ON "invoice_drafts" USING btree ("user_id");--> statement-breakpoint
ALTER TABLE "transfers" ADD CONSTRAINT "transfers_bank_receipt_fk" FOREIGN KEY ("customer_id","bank_receipt_id") REFERENCES "public"."bank_receipts"("customer_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "transfers_bank_receipt_idx" ON "transfers" USING btree ("customer_id","bank_receipt_id") WHERE "transfers"."bank_receipt_id" is not null;--> statement-breakpoint
ALTER TABLE "invoice_lines" ADD CONSTRAINT "invoice_lines_tax_check" CHECK ("invoice_lines"."tax_rate_ppm" between 0 and 1000000 and ("invoice_lines"."tax_minor" = 0 or sign("invoice_lines"."tax_minor") = sign("invoice_lines"."net_minor")));--> statement-breakpoint
ALTER TABLE "payment_shares" ADD CONSTRAINT "payment_shares_amount_check" CHECK ("payment_shares"."balance_minor" >= 0 and "payment_shares"."card_minor" >= 0 and "payment_shares"."bank_minor" >= 0);--> statement-breakpoint
ALTER TABLE "payments" ADD CONSTRAINT "payments_funding_check" CHECK (case "payments"."funding"
        when 'balance' then "payments"."card_minor" = 0 and "payments"."balance_minor" > 0 and "payments"."bank_minor" = 0
        when 'card' then "payments"."card_minor" > 0 and "payments"."balance_minor" = 0 and "payments"."bank_minor" = 0
        when 'bank' then "payments"."card_minor" = 0 and "payments"."balance_minor" = 0 and "payments"."bank_minor" > 0
        else "payments"."funding" = 'combined' and "payments"."card_minor" > 0 and "payments"."balance_minor" > 0 and "payments"."bank_minor" = 0 end);--> statement-breakpoint
ALTER TABLE "payments" ADD CONSTRAINT "payments_excess_check" CHECK ("payments"."excess_minor" >= 0 and "payments"."excess_minor" <= "payments"."card_minor" + "payments"."bank_minor");
--> statement-breakpoint
ALTER TABLE bank_receipts ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY bank_receipts_own ON bank_receipts TO mallard_app USING (customer_id = nullif(current_setting('mallard.customer', true), '')::uuid);
--> statement-breakpoint
CREATE POLICY bank_receipts_all ON bank_receipts TO mallard_jobs, mallard_staff USING (true);
--> statement-breakpoint
ALTER TABLE invoice_drafts ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
-- Drafts are the house's until they are issued: a customer's pages have no grant on them.
CREATE POLICY invoice_drafts_own ON invoice_drafts TO mallard_app USING (customer_id = nullif(current_setting('mallard.customer', true), '')::uuid);
--> statement-breakpoint
CREATE POLICY invoice_drafts_all ON invoice_drafts TO mallard_jobs, mallard_staff USING (true);
--> statement-breakpoint
GRANT SELECT ON bank_receipts TO mallard_app, mallard_jobs, mallard_staff;
--> statement-breakpoint
GRANT INSERT, UPDATE (assigned_at) ON bank_receipts TO mallard_staff;
--> statement-breakpoint
GRANT SELECT ON bank_receipt_keys TO mallard_jobs, mallard_staff;
--> statement-breakpoint
GRANT INSERT ON bank_receipt_keys TO mallard_staff;
--> statement-breakpoint
GRANT SELECT, INSERT, DELETE, UPDATE (version, due_days, note, lines, user_id, updated_at) ON invoice_drafts TO mallard_staff;
