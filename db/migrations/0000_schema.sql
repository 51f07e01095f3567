CREATE TABLE "activities" (
	"customer_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"occurred_at" timestamp with time zone NOT NULL,
	"actor" text NOT NULL,
	"user_id" uuid,
	"subject" text NOT NULL,
	"subject_id" uuid NOT NULL,
	"verb" text NOT NULL,
	"detail" jsonb NOT NULL,
	"is_visible" boolean NOT NULL,
	CONSTRAINT "activities_pk" PRIMARY KEY("customer_id","id"),
	CONSTRAINT "activities_actor_check" CHECK ("activities"."actor" in ('customer', 'staff', 'system')),
	CONSTRAINT "activities_subject_check" CHECK ("activities"."subject" in ('invoice', 'payment', 'service', 'balance', 'customer'))
);
--> statement-breakpoint
CREATE TABLE "allocations" (
	"customer_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"payment_id" uuid NOT NULL,
	"invoice_id" uuid NOT NULL,
	"transfer_id" uuid NOT NULL,
	"source" text NOT NULL,
	"amount_minor" bigint NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	CONSTRAINT "allocations_pk" PRIMARY KEY("customer_id","id"),
	CONSTRAINT "allocations_amount_check" CHECK ("allocations"."amount_minor" <> 0),
	CONSTRAINT "allocations_source_check" CHECK ("allocations"."source" in ('balance', 'card', 'bank'))
);
--> statement-breakpoint
CREATE TABLE "auto_charges" (
	"customer_id" uuid NOT NULL,
	"payment_method_id" uuid NOT NULL,
	"pays_invoices" boolean NOT NULL,
	"stopped_at" timestamp with time zone,
	"stopped_code" text,
	"charges_default" boolean GENERATED ALWAYS AS (case when stopped_at is null then true end) STORED,
	"user_id" uuid NOT NULL,
	"changed_at" timestamp with time zone NOT NULL,
	CONSTRAINT "auto_charges_pk" PRIMARY KEY("customer_id"),
	CONSTRAINT "auto_charges_stopped_check" CHECK (("auto_charges"."stopped_at" is null) = ("auto_charges"."stopped_code" is null))
);
--> statement-breakpoint
CREATE TABLE "auto_top_ups" (
	"customer_id" uuid NOT NULL,
	"currency" text NOT NULL,
	"is_on" boolean NOT NULL,
	"threshold_minor" bigint NOT NULL,
	"amount_minor" bigint NOT NULL,
	"monthly_cap_minor" bigint NOT NULL,
	"user_id" uuid NOT NULL,
	"changed_at" timestamp with time zone NOT NULL,
	CONSTRAINT "auto_top_ups_pk" PRIMARY KEY("customer_id","currency"),
	CONSTRAINT "auto_top_ups_currency_check" CHECK ("auto_top_ups"."currency" ~ '^[A-Z]{3}$'),
	CONSTRAINT "auto_top_ups_amounts_check" CHECK ("auto_top_ups"."threshold_minor" >= 0 and "auto_top_ups"."amount_minor" > 0 and "auto_top_ups"."monthly_cap_minor" >= "auto_top_ups"."amount_minor")
);
--> statement-breakpoint
CREATE TABLE "balance_checks" (
	"customer_id" uuid NOT NULL,
	"currency" text NOT NULL,
	"seq" bigint NOT NULL,
	"posted_minor" bigint NOT NULL,
	"held_minor" bigint NOT NULL,
	"checked_at" timestamp with time zone NOT NULL,
	CONSTRAINT "balance_checks_pk" PRIMARY KEY("customer_id","currency"),
	CONSTRAINT "balance_checks_currency_check" CHECK ("balance_checks"."currency" ~ '^[A-Z]{3}$')
);
--> statement-breakpoint
CREATE TABLE "balances" (
	"customer_id" uuid NOT NULL,
	"currency" text NOT NULL,
	"posted_minor" bigint DEFAULT 0 NOT NULL,
	"held_minor" bigint DEFAULT 0 NOT NULL,
	"seq" bigint DEFAULT 0 NOT NULL,
	CONSTRAINT "balances_pk" PRIMARY KEY("customer_id","currency"),
	CONSTRAINT "balances_held_check" CHECK (0 <= "balances"."held_minor" and "balances"."held_minor" <= "balances"."posted_minor"),
	CONSTRAINT "balances_seq_check" CHECK ("balances"."seq" >= 0),
	CONSTRAINT "balances_currency_check" CHECK ("balances"."currency" ~ '^[A-Z]{3}$')
);
--> statement-breakpoint
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
	"returned_at" timestamp with time zone,
	CONSTRAINT "bank_receipts_pk" PRIMARY KEY("customer_id","id"),
	CONSTRAINT "bank_receipts_currency_check" CHECK ("bank_receipts"."currency" ~ '^[A-Z]{3}$'),
	CONSTRAINT "bank_receipts_amount_check" CHECK ("bank_receipts"."amount_minor" > 0),
	CONSTRAINT "bank_receipts_text_check" CHECK (length("bank_receipts"."reference") between 1 and 140 and length("bank_receipts"."sender") <= 140),
	CONSTRAINT "bank_receipts_assigned_check" CHECK (num_nonnulls("bank_receipts"."payment_id", "bank_receipts"."assigned_at", "bank_receipts"."returned_at") <= 1)
);
--> statement-breakpoint
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
CREATE TABLE "charge_consents" (
	"customer_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"payment_method_id" uuid,
	"payment_id" uuid,
	"text_version" text NOT NULL,
	"purposes" text[] NOT NULL,
	"cap_minor" bigint,
	"currency" text NOT NULL,
	"user_id" uuid NOT NULL,
	"address" text,
	"agreed_at" timestamp with time zone NOT NULL,
	CONSTRAINT "charge_consents_pk" PRIMARY KEY("customer_id","id"),
	CONSTRAINT "charge_consents_purposes_check" CHECK (cardinality("charge_consents"."purposes") > 0 and "charge_consents"."purposes" <@ array['renewals', 'usage', 'top_up', 'card_on_file']),
	CONSTRAINT "charge_consents_card_check" CHECK (("charge_consents"."purposes" = array['card_on_file']) = ("charge_consents"."payment_method_id" is null)),
	CONSTRAINT "charge_consents_cap_check" CHECK ("charge_consents"."cap_minor" > 0),
	CONSTRAINT "charge_consents_currency_check" CHECK ("charge_consents"."currency" ~ '^[A-Z]{3}$')
);
--> statement-breakpoint
CREATE TABLE "charge_limits" (
	"is_live" boolean NOT NULL,
	"currency" text NOT NULL,
	"least_minor" bigint,
	"most_minor" bigint,
	"learned_at" timestamp with time zone NOT NULL,
	CONSTRAINT "charge_limits_pk" PRIMARY KEY("is_live","currency")
);
--> statement-breakpoint
CREATE TABLE "charges" (
	"customer_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"payment_id" uuid NOT NULL,
	"stripe_charge_id" text NOT NULL,
	"currency" text NOT NULL,
	"amount_minor" bigint NOT NULL,
	"stripe_balance_transaction_id" text,
	"fee_minor" bigint,
	"fee_currency" text,
	"method_type" text,
	"next_poll_at" timestamp with time zone,
	"booked_at" timestamp with time zone NOT NULL,
	CONSTRAINT "charges_pk" PRIMARY KEY("customer_id","id"),
	CONSTRAINT "charges_amount_check" CHECK ("charges"."amount_minor" > 0),
	CONSTRAINT "charges_fee_check" CHECK (("charges"."fee_minor" is null) = ("charges"."fee_currency" is null) and ("charges"."fee_minor" is null) = ("charges"."stripe_balance_transaction_id" is null)),
	CONSTRAINT "charges_polled_check" CHECK (("charges"."fee_minor" is null) = ("charges"."next_poll_at" is not null))
);
--> statement-breakpoint
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
	CONSTRAINT "credit_notes_reason_check" CHECK ("credit_notes"."reason" in ('canceled', 'voided', 'changed', 'terminated', 'unpaid')),
	CONSTRAINT "credit_notes_currency_check" CHECK ("credit_notes"."currency" ~ '^[A-Z]{3}$'),
	CONSTRAINT "credit_notes_total_check" CHECK ("credit_notes"."net_minor" >= 0 and "credit_notes"."tax_minor" >= 0 and "credit_notes"."total_minor" = "credit_notes"."net_minor" + "credit_notes"."tax_minor" and "credit_notes"."total_minor" > 0)
);
--> statement-breakpoint
CREATE TABLE "customers" (
	"id" uuid NOT NULL,
	"reference" text NOT NULL,
	"name" text NOT NULL,
	"email" text NOT NULL,
	"country" text NOT NULL,
	"currency" text NOT NULL,
	"locale" text DEFAULT 'en' NOT NULL,
	"address" text,
	"tax_id" text,
	"invoice_recipients" text[] DEFAULT '{}' NOT NULL,
	"stripe_customer_id" text,
	"stripe_customers_lost" integer DEFAULT 0 NOT NULL,
	"stripe_name" text,
	"stripe_email" text,
	"stripe_update_at" timestamp with time zone,
	"is_house" boolean DEFAULT false NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"closed_at" timestamp with time zone,
	CONSTRAINT "customers_pk" PRIMARY KEY("id"),
	CONSTRAINT "customers_currency_check" CHECK ("customers"."currency" ~ '^[A-Z]{3}$'),
	CONSTRAINT "customers_country_check" CHECK ("customers"."country" ~ '^[A-Z]{2}$'),
	CONSTRAINT "customers_name_check" CHECK (length("customers"."name") between 1 and 200),
	CONSTRAINT "customers_address_check" CHECK (length("customers"."address") between 1 and 500),
	CONSTRAINT "customers_tax_id_check" CHECK (length("customers"."tax_id") between 1 and 40),
	CONSTRAINT "customers_invoice_recipients_check" CHECK (cardinality("customers"."invoice_recipients") <= 10)
);
--> statement-breakpoint
CREATE TABLE "dispute_movements" (
	"customer_id" uuid NOT NULL,
	"stripe_balance_transaction_id" text NOT NULL,
	"dispute_id" uuid NOT NULL,
	"amount_minor" bigint NOT NULL,
	"settled_minor" bigint NOT NULL,
	"settled_currency" text NOT NULL,
	"fee_minor" bigint NOT NULL,
	"booked_at" timestamp with time zone NOT NULL,
	CONSTRAINT "dispute_movements_pk" PRIMARY KEY("customer_id","stripe_balance_transaction_id"),
	CONSTRAINT "dispute_movements_sign_check" CHECK ("dispute_movements"."amount_minor" = 0 or ("dispute_movements"."amount_minor" > 0) = ("dispute_movements"."settled_minor" > 0) and "dispute_movements"."settled_minor" <> 0)
);
--> statement-breakpoint
CREATE TABLE "disputes" (
	"customer_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"charge_id" uuid NOT NULL,
	"stripe_dispute_id" text NOT NULL,
	"state" text NOT NULL,
	"is_inquiry" boolean NOT NULL,
	"currency" text NOT NULL,
	"amount_minor" bigint NOT NULL,
	"reason" text NOT NULL,
	"evidence_due_at" timestamp with time zone,
	"withdrawn_at" timestamp with time zone,
	"reinstated_at" timestamp with time zone,
	"fee_minor" bigint,
	"fee_currency" text,
	"loss_agreed_at" timestamp with time zone,
	"lost_unmoved_at" timestamp with time zone,
	"poll_count" integer DEFAULT 0 NOT NULL,
	"next_poll_at" timestamp with time zone,
	"created_at" timestamp with time zone NOT NULL,
	"ended_at" timestamp with time zone,
	CONSTRAINT "disputes_pk" PRIMARY KEY("customer_id","id"),
	CONSTRAINT "disputes_state_check" CHECK ("disputes"."state" in ('open', 'won', 'lost')),
	CONSTRAINT "disputes_currency_check" CHECK ("disputes"."currency" ~ '^[A-Z]{3}$'),
	CONSTRAINT "disputes_amount_check" CHECK ("disputes"."amount_minor" > 0),
	CONSTRAINT "disputes_inquiry_check" CHECK (not "disputes"."is_inquiry" or "disputes"."withdrawn_at" is null),
	CONSTRAINT "disputes_fee_check" CHECK (("disputes"."fee_minor" is null) = ("disputes"."fee_currency" is null)),
	CONSTRAINT "disputes_reinstated_check" CHECK ("disputes"."reinstated_at" is null or "disputes"."withdrawn_at" is not null),
	CONSTRAINT "disputes_ended_check" CHECK (("disputes"."state" <> 'open') = ("disputes"."ended_at" is not null)),
	CONSTRAINT "disputes_polled_check" CHECK ("disputes"."state" <> 'open' or "disputes"."next_poll_at" is not null)
);
--> statement-breakpoint
CREATE TABLE "event_readings" (
	"name" text NOT NULL,
	"since" timestamp with time zone NOT NULL,
	"types_read" integer NOT NULL,
	"after_id" text,
	"updated_at" timestamp with time zone NOT NULL,
	CONSTRAINT "event_readings_pk" PRIMARY KEY("name")
);
--> statement-breakpoint
CREATE TABLE "event_runs" (
	"event_id" text NOT NULL,
	"state" text NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"next_attempt_at" timestamp with time zone,
	"reason" text,
	"updated_at" timestamp with time zone NOT NULL,
	CONSTRAINT "event_runs_pk" PRIMARY KEY("event_id"),
	CONSTRAINT "event_runs_state_check" CHECK ("event_runs"."state" in ('waiting', 'done', 'ignored', 'parked')),
	CONSTRAINT "event_runs_next_check" CHECK (("event_runs"."state" = 'waiting') = ("event_runs"."next_attempt_at" is not null))
);
--> statement-breakpoint
CREATE TABLE "invitations" (
	"customer_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"email" text NOT NULL,
	"role" text NOT NULL,
	"token_hash" text NOT NULL,
	"user_id" uuid NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"accepted_at" timestamp with time zone,
	"withdrawn_at" timestamp with time zone,
	CONSTRAINT "invitations_pk" PRIMARY KEY("customer_id","id"),
	CONSTRAINT "invitations_email_check" CHECK ("invitations"."email" = lower("invitations"."email") and length("invitations"."email") between 3 and 254),
	CONSTRAINT "invitations_role_check" CHECK ("invitations"."role" in ('owner', 'billing', 'viewer')),
	CONSTRAINT "invitations_end_check" CHECK ("invitations"."accepted_at" is null or "invitations"."withdrawn_at" is null)
);
--> statement-breakpoint
CREATE TABLE "invoice_claims" (
	"customer_id" uuid NOT NULL,
	"invoice_id" uuid NOT NULL,
	"payment_id" uuid NOT NULL,
	"is_issued_for_it" boolean DEFAULT false NOT NULL,
	CONSTRAINT "invoice_claims_pk" PRIMARY KEY("customer_id","invoice_id")
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
CREATE TABLE "invoice_lines" (
	"customer_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"invoice_id" uuid NOT NULL,
	"position" integer NOT NULL,
	"kind" text NOT NULL,
	"description" text NOT NULL,
	"quantity" numeric NOT NULL,
	"unit_minor" bigint NOT NULL,
	"net_minor" bigint NOT NULL,
	"tax_rate_ppm" integer NOT NULL,
	"tax_minor" bigint NOT NULL,
	"tax_category" text NOT NULL,
	"includes_tax" boolean NOT NULL,
	"period" text NOT NULL,
	"service_id" uuid,
	"plan_id" uuid,
	"renewal_id" uuid,
	"term_unit" text,
	"term_count" integer,
	"term_starts_at" timestamp with time zone,
	"term_ends_at" timestamp with time zone,
	CONSTRAINT "invoice_lines_pk" PRIMARY KEY("customer_id","id"),
	CONSTRAINT "invoice_lines_kind_check" CHECK ("invoice_lines"."kind" in ('order', 'renewal', 'other')),
	CONSTRAINT "invoice_lines_quantity_check" CHECK ("invoice_lines"."quantity" > 0 and scale("invoice_lines"."quantity") <= 3),
	CONSTRAINT "invoice_lines_tax_category_check" CHECK ("invoice_lines"."tax_category" in ('standard', 'reduced', 'zero', 'exempt', 'reverse_charge', 'outside_scope')),
	CONSTRAINT "invoice_lines_period_check" CHECK ("invoice_lines"."period" in ('dated', 'from_payment', 'none') and ("invoice_lines"."period" = 'dated') = ("invoice_lines"."term_starts_at" is not null) and ("invoice_lines"."term_starts_at" is null) = ("invoice_lines"."term_ends_at" is null) and ("invoice_lines"."term_ends_at" is null or "invoice_lines"."term_ends_at" > "invoice_lines"."term_starts_at")),
	CONSTRAINT "invoice_lines_tax_check" CHECK ("invoice_lines"."tax_rate_ppm" between 0 and 1000000 and sign("invoice_lines"."tax_minor") * sign("invoice_lines"."net_minor") >= 0),
	CONSTRAINT "invoice_lines_service_check" CHECK (("invoice_lines"."kind" = 'other') or ("invoice_lines"."service_id" is not null and "invoice_lines"."term_unit" is not null and "invoice_lines"."term_count" > 0)),
	CONSTRAINT "invoice_lines_renewal_check" CHECK (("invoice_lines"."kind" = 'renewal') = ("invoice_lines"."renewal_id" is not null) and ("invoice_lines"."kind" <> 'renewal' or ("invoice_lines"."term_starts_at" is not null and "invoice_lines"."term_ends_at" > "invoice_lines"."term_starts_at")))
);
--> statement-breakpoint
CREATE TABLE "invoice_numbers" (
	"series" text NOT NULL,
	"sequence" bigint NOT NULL,
	"customer_id" uuid NOT NULL,
	"invoice_id" uuid NOT NULL,
	CONSTRAINT "invoice_numbers_pk" PRIMARY KEY("series","sequence")
);
--> statement-breakpoint
CREATE TABLE "invoice_series" (
	"key" text NOT NULL,
	"prefix" text NOT NULL,
	"year" integer NOT NULL,
	"last_number" bigint DEFAULT 0 NOT NULL,
	CONSTRAINT "invoice_series_pk" PRIMARY KEY("key"),
	CONSTRAINT "invoice_series_key_check" CHECK ("invoice_series"."key" = "invoice_series"."prefix" || '-' || "invoice_series"."year"),
	CONSTRAINT "invoice_series_last_check" CHECK ("invoice_series"."last_number" >= 0)
);
--> statement-breakpoint
CREATE TABLE "invoices" (
	"customer_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"number" text,
	"origin" text NOT NULL,
	"state" text NOT NULL,
	"currency" text NOT NULL,
	"net_minor" bigint NOT NULL,
	"tax_minor" bigint NOT NULL,
	"total_minor" bigint NOT NULL,
	"amount_paid_minor" bigint DEFAULT 0 NOT NULL,
	"amount_credited_minor" bigint DEFAULT 0 NOT NULL,
	"bill_to" jsonb NOT NULL,
	"summary" text NOT NULL,
	"note" text DEFAULT '' NOT NULL,
	"issued_at" timestamp with time zone NOT NULL,
	"due_on" date NOT NULL,
	"paid_at" timestamp with time zone,
	CONSTRAINT "invoices_pk" PRIMARY KEY("customer_id","id"),
	CONSTRAINT "invoices_state_check" CHECK ("invoices"."state" in ('open', 'paid', 'void', 'written_off')),
	CONSTRAINT "invoices_origin_check" CHECK ("invoices"."origin" in ('order', 'renewal', 'manual')),
	CONSTRAINT "invoices_currency_check" CHECK ("invoices"."currency" ~ '^[A-Z]{3}$'),
	CONSTRAINT "invoices_total_check" CHECK ("invoices"."net_minor" >= 0 and "invoices"."tax_minor" >= 0 and "invoices"."total_minor" = "invoices"."net_minor" + "invoices"."tax_minor"),
	CONSTRAINT "invoices_remaining_check" CHECK ("invoices"."amount_paid_minor" >= 0 and "invoices"."amount_credited_minor" >= 0 and "invoices"."amount_paid_minor" + "invoices"."amount_credited_minor" <= "invoices"."total_minor"),
	CONSTRAINT "invoices_settled_check" CHECK (case "invoices"."state"
        when 'paid' then "invoices"."amount_paid_minor" + "invoices"."amount_credited_minor" = "invoices"."total_minor"
        when 'void' then "invoices"."amount_paid_minor" = 0 and "invoices"."amount_credited_minor" = "invoices"."total_minor"
        else "invoices"."amount_paid_minor" + "invoices"."amount_credited_minor" < "invoices"."total_minor" end),
	CONSTRAINT "invoices_paid_at_check" CHECK (("invoices"."state" = 'paid') = ("invoices"."paid_at" is not null))
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
CREATE TABLE "login_mails" (
	"id" uuid NOT NULL,
	"kind" text NOT NULL,
	"email" text NOT NULL,
	"detail" jsonb NOT NULL,
	"state" text DEFAULT 'waiting' NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"next_attempt_at" timestamp with time zone NOT NULL,
	CONSTRAINT "login_mails_pk" PRIMARY KEY("id"),
	CONSTRAINT "login_mails_state_check" CHECK ("login_mails"."state" in ('waiting', 'sent', 'dropped', 'parked')),
	CONSTRAINT "login_mails_kind_check" CHECK ("login_mails"."kind" in ('password_reset', 'password_changed', 'new_device', 'new_owner', 'main_address_changed', 'new_admin', 'bank_account_changed', 'endpoint_added'))
);
--> statement-breakpoint
CREATE TABLE "mailed_pay_link_invoices" (
	"customer_id" uuid NOT NULL,
	"link_id" uuid NOT NULL,
	"invoice_id" uuid NOT NULL,
	"generation" integer NOT NULL,
	CONSTRAINT "mailed_pay_link_invoices_pk" PRIMARY KEY("customer_id","link_id","invoice_id"),
	CONSTRAINT "mailed_pay_link_invoices_generation_check" CHECK ("mailed_pay_link_invoices"."generation" between 0 and 65535)
);
--> statement-breakpoint
CREATE TABLE "mailed_pay_links" (
	"customer_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"outbox_id" uuid NOT NULL,
	"currency" text NOT NULL,
	"user_id" uuid,
	"created_at" timestamp with time zone NOT NULL,
	CONSTRAINT "mailed_pay_links_pk" PRIMARY KEY("customer_id","id"),
	CONSTRAINT "mailed_pay_links_currency_check" CHECK ("mailed_pay_links"."currency" ~ '^[A-Z]{3}$')
);
--> statement-breakpoint
CREATE TABLE "memberships" (
	"customer_id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	"role" text NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	CONSTRAINT "memberships_pk" PRIMARY KEY("customer_id","user_id"),
	CONSTRAINT "memberships_role_check" CHECK ("memberships"."role" in ('owner', 'billing', 'viewer'))
);
--> statement-breakpoint
CREATE TABLE "notice_failures" (
	"customer_id" uuid NOT NULL,
	"notice_id" uuid NOT NULL,
	"sending" integer NOT NULL,
	"address" text NOT NULL,
	"is_copy" boolean NOT NULL,
	"kind" text NOT NULL,
	"reason" text NOT NULL,
	"noted_at" timestamp with time zone NOT NULL,
	CONSTRAINT "notice_failures_pk" PRIMARY KEY("customer_id","notice_id","sending","address"),
	CONSTRAINT "notice_failures_kind_check" CHECK ("notice_failures"."kind" in ('refused', 'bounced', 'delayed'))
);
--> statement-breakpoint
CREATE TABLE "notices" (
	"customer_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"topic" text NOT NULL,
	"subject" text NOT NULL,
	"body" text NOT NULL,
	"link" text NOT NULL,
	"state" text NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"sending" integer DEFAULT 1 NOT NULL,
	"shortfalls" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"copies" text[] DEFAULT '{}' NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"sent_at" timestamp with time zone,
	"read_at" timestamp with time zone,
	CONSTRAINT "notices_pk" PRIMARY KEY("customer_id","id"),
	CONSTRAINT "notices_state_check" CHECK ("notices"."state" in ('waiting', 'sent', 'bounced', 'undeliverable', 'withdrawn')),
	CONSTRAINT "notices_sent_check" CHECK ("notices"."state" not in ('sent', 'bounced') or "notices"."sent_at" is not null),
	CONSTRAINT "notices_sending_check" CHECK ("notices"."sending" >= 1)
);
--> statement-breakpoint
CREATE TABLE "outbox" (
	"customer_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"topic" text NOT NULL,
	"payload" jsonb NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"handled_at" timestamp with time zone,
	"faults" integer DEFAULT 0 NOT NULL,
	"remind_on" date,
	"told_by" uuid,
	"claimed_until" timestamp with time zone,
	CONSTRAINT "outbox_pk" PRIMARY KEY("customer_id","id"),
	CONSTRAINT "outbox_remind_check" CHECK ("outbox"."remind_on" is null or "outbox"."topic" = 'reminder')
);
--> statement-breakpoint
CREATE TABLE "papers" (
	"customer_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"subject_id" uuid NOT NULL,
	"file_name" text NOT NULL,
	"content" "bytea" NOT NULL,
	"sha256" text NOT NULL,
	"drawn_at" timestamp with time zone NOT NULL,
	CONSTRAINT "papers_pk" PRIMARY KEY("customer_id","kind","subject_id"),
	CONSTRAINT "papers_kind_check" CHECK ("papers"."kind" in ('invoice', 'credit_note', 'receipt')),
	CONSTRAINT "papers_sha256_check" CHECK ("papers"."sha256" = encode(sha256("papers"."content"), 'hex'))
);
--> statement-breakpoint
CREATE TABLE "pay_links" (
	"customer_id" uuid NOT NULL,
	"invoice_id" uuid NOT NULL,
	"generation" integer NOT NULL,
	"revoked_at" timestamp with time zone NOT NULL,
	CONSTRAINT "pay_links_pk" PRIMARY KEY("customer_id","invoice_id"),
	CONSTRAINT "pay_links_generation_check" CHECK ("pay_links"."generation" between 1 and 65535)
);
--> statement-breakpoint
CREATE TABLE "payment_methods" (
	"customer_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"stripe_payment_method_id" text NOT NULL,
	"fingerprint" text,
	"brand" text NOT NULL,
	"last4" text NOT NULL,
	"exp_month" integer NOT NULL,
	"exp_year" integer NOT NULL,
	"is_default" boolean NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"detached_at" timestamp with time zone,
	"lost_with_customer" text,
	CONSTRAINT "payment_methods_pk" PRIMARY KEY("customer_id","id"),
	CONSTRAINT "payment_methods_is_default_key" UNIQUE("customer_id","id","is_default"),
	CONSTRAINT "payment_methods_last4_check" CHECK ("payment_methods"."last4" ~ '^[0-9]{4}$'),
	CONSTRAINT "payment_methods_expiry_check" CHECK ("payment_methods"."exp_month" between 1 and 12 and "payment_methods"."exp_year" between 2000 and 2199),
	CONSTRAINT "payment_methods_lost_check" CHECK ("payment_methods"."lost_with_customer" is null or "payment_methods"."detached_at" is not null),
	CONSTRAINT "payment_methods_detached_check" CHECK ("payment_methods"."detached_at" is null or not "payment_methods"."is_default")
);
--> statement-breakpoint
CREATE TABLE "payment_rulings" (
	"customer_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"payment_id" uuid NOT NULL,
	"ruling" text NOT NULL,
	"stripe_id" text,
	"reason" text NOT NULL,
	"proposed_by" uuid NOT NULL,
	"proposed_at" timestamp with time zone NOT NULL,
	"decision" text,
	"decided_by" uuid,
	"decided_at" timestamp with time zone,
	CONSTRAINT "payment_rulings_pk" PRIMARY KEY("customer_id","id"),
	CONSTRAINT "payment_rulings_ruling_check" CHECK ("payment_rulings"."ruling" in ('ended', 'object')),
	CONSTRAINT "payment_rulings_object_check" CHECK (("payment_rulings"."ruling" = 'object') = ("payment_rulings"."stripe_id" is not null)),
	CONSTRAINT "payment_rulings_decision_check" CHECK ("payment_rulings"."decision" in ('confirmed', 'withdrawn')),
	CONSTRAINT "payment_rulings_decided_check" CHECK (("payment_rulings"."decision" is null) = ("payment_rulings"."decided_by" is null) and ("payment_rulings"."decision" is null) = ("payment_rulings"."decided_at" is null)),
	CONSTRAINT "payment_rulings_two_check" CHECK ("payment_rulings"."decision" is distinct from 'confirmed' or "payment_rulings"."decided_by" <> "payment_rulings"."proposed_by")
);
--> statement-breakpoint
CREATE TABLE "payment_shares" (
	"customer_id" uuid NOT NULL,
	"payment_id" uuid NOT NULL,
	"invoice_id" uuid NOT NULL,
	"balance_minor" bigint NOT NULL,
	"card_minor" bigint NOT NULL,
	"bank_minor" bigint DEFAULT 0 NOT NULL,
	CONSTRAINT "payment_shares_pk" PRIMARY KEY("customer_id","payment_id","invoice_id"),
	CONSTRAINT "payment_shares_amount_check" CHECK ("payment_shares"."balance_minor" >= 0 and "payment_shares"."card_minor" >= 0 and "payment_shares"."bank_minor" >= 0)
);
--> statement-breakpoint
CREATE TABLE "payments" (
	"customer_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"kind" text NOT NULL,
	"funding" text NOT NULL,
	"origin" text NOT NULL,
	"state" text NOT NULL,
	"currency" text NOT NULL,
	"balance_minor" bigint NOT NULL,
	"card_minor" bigint NOT NULL,
	"bank_minor" bigint DEFAULT 0 NOT NULL,
	"excess_minor" bigint DEFAULT 0 NOT NULL,
	"content_hash" text NOT NULL,
	"request_key" text,
	"request" jsonb,
	"user_id" uuid,
	"source_payment_id" uuid,
	"payment_method_id" uuid,
	"stripe_session_id" text,
	"stripe_payment_intent_id" text,
	"checkout_url" text,
	"failure_code" text,
	"decline" jsonb,
	"send_count" integer DEFAULT 0 NOT NULL,
	"first_sent_at" timestamp with time zone,
	"expires_at" timestamp with time zone,
	"poll_count" integer DEFAULT 0 NOT NULL,
	"poll_faults" integer DEFAULT 0 NOT NULL,
	"next_poll_at" timestamp with time zone,
	"created_at" timestamp with time zone NOT NULL,
	"ended_at" timestamp with time zone,
	CONSTRAINT "payments_pk" PRIMARY KEY("customer_id","id"),
	CONSTRAINT "payments_state_check" CHECK ("payments"."state" in ('created', 'sent', 'requires_action', 'processing', 'unknown', 'succeeded', 'failed', 'canceled', 'expired')),
	CONSTRAINT "payments_kind_check" CHECK ("payments"."kind" in ('invoices', 'top_up')),
	CONSTRAINT "payments_origin_check" CHECK ("payments"."origin" in ('customer', 'link', 'staff', 'auto')),
	CONSTRAINT "payments_currency_check" CHECK ("payments"."currency" ~ '^[A-Z]{3}$'),
	CONSTRAINT "payments_funding_check" CHECK (case "payments"."funding"
        when 'balance' then "payments"."card_minor" = 0 and "payments"."balance_minor" > 0 and "payments"."bank_minor" = 0
        when 'card' then "payments"."card_minor" > 0 and "payments"."balance_minor" = 0 and "payments"."bank_minor" = 0
        when 'bank' then "payments"."card_minor" = 0 and "payments"."balance_minor" = 0 and "payments"."bank_minor" > 0
        else "payments"."funding" = 'combined' and "payments"."card_minor" > 0 and "payments"."balance_minor" > 0 and "payments"."bank_minor" = 0 end),
	CONSTRAINT "payments_excess_check" CHECK ("payments"."excess_minor" >= 0 and "payments"."excess_minor" <= "payments"."card_minor" + "payments"."bank_minor"),
	CONSTRAINT "payments_request_check" CHECK (("payments"."card_minor" > 0) = ("payments"."request" is not null and "payments"."request_key" is not null)),
	CONSTRAINT "payments_method_check" CHECK ("payments"."payment_method_id" is null or "payments"."card_minor" > 0),
	CONSTRAINT "payments_ended_check" CHECK (("payments"."state" in ('succeeded', 'failed', 'canceled', 'expired')) = ("payments"."ended_at" is not null)),
	CONSTRAINT "payments_polled_check" CHECK ("payments"."state" in ('succeeded', 'failed', 'canceled', 'expired') or "payments"."next_poll_at" is not null)
);
--> statement-breakpoint
CREATE TABLE "plan_changes" (
	"customer_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"service_id" uuid NOT NULL,
	"term_id" uuid NOT NULL,
	"from_plan_id" uuid NOT NULL,
	"to_plan_id" uuid NOT NULL,
	"currency" text NOT NULL,
	"old_net_minor" bigint NOT NULL,
	"new_net_minor" bigint NOT NULL,
	"remaining_days" integer NOT NULL,
	"term_days" integer NOT NULL,
	"credited_minor" bigint NOT NULL,
	"charged_minor" bigint NOT NULL,
	"invoice_id" uuid,
	"user_id" uuid NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	CONSTRAINT "plan_changes_pk" PRIMARY KEY("customer_id","id"),
	CONSTRAINT "plan_changes_currency_check" CHECK ("plan_changes"."currency" ~ '^[A-Z]{3}$'),
	CONSTRAINT "plan_changes_amount_check" CHECK ("plan_changes"."old_net_minor" >= 0 and "plan_changes"."new_net_minor" >= 0 and "plan_changes"."credited_minor" between 0 and "plan_changes"."old_net_minor" and "plan_changes"."charged_minor" between 0 and "plan_changes"."new_net_minor"),
	CONSTRAINT "plan_changes_days_check" CHECK (0 <= "plan_changes"."remaining_days" and "plan_changes"."remaining_days" <= "plan_changes"."term_days" and "plan_changes"."term_days" > 0),
	CONSTRAINT "plan_changes_plan_check" CHECK ("plan_changes"."from_plan_id" <> "plan_changes"."to_plan_id")
);
--> statement-breakpoint
CREATE TABLE "plan_prices" (
	"plan_id" uuid NOT NULL,
	"currency" text NOT NULL,
	"valid_from" timestamp with time zone NOT NULL,
	"price_minor" bigint NOT NULL,
	CONSTRAINT "plan_prices_pk" PRIMARY KEY("plan_id","currency","valid_from"),
	CONSTRAINT "plan_prices_price_check" CHECK ("plan_prices"."price_minor" >= 0),
	CONSTRAINT "plan_prices_currency_check" CHECK ("plan_prices"."currency" ~ '^[A-Z]{3}$')
);
--> statement-breakpoint
CREATE TABLE "plans" (
	"id" uuid NOT NULL,
	"key" text NOT NULL,
	"name" text NOT NULL,
	"family" text,
	"term_unit" text NOT NULL,
	"term_count" integer NOT NULL,
	"lead_days" integer DEFAULT 7 NOT NULL,
	"grace_days" integer DEFAULT 4 NOT NULL,
	"terminate_days" integer DEFAULT 14 NOT NULL,
	"own_grace_days" integer DEFAULT 3 NOT NULL,
	"reminder_days" jsonb,
	"is_offered" boolean DEFAULT true NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	CONSTRAINT "plans_pk" PRIMARY KEY("id"),
	CONSTRAINT "plans_family_check" CHECK (length("plans"."family") between 1 and 60),
	CONSTRAINT "plans_term_check" CHECK ("plans"."term_unit" in ('day', 'month', 'year') and "plans"."term_count" between 1 and 3660),
	CONSTRAINT "plans_days_check" CHECK ("plans"."lead_days" >= 0 and "plans"."grace_days" >= 0 and "plans"."terminate_days" >= 0 and "plans"."own_grace_days" between 0 and 60),
	CONSTRAINT "plans_reminder_check" CHECK (jsonb_typeof("plans"."reminder_days") = 'array' and jsonb_array_length("plans"."reminder_days") between 1 and 12),
	CONSTRAINT "plans_lead_check" CHECK ("plans"."lead_days" < "plans"."term_count" * case "plans"."term_unit" when 'day' then 1 when 'month' then 28 else 365 end)
);
--> statement-breakpoint
CREATE TABLE "receipt_numbers" (
	"customer_id" uuid NOT NULL,
	"payment_id" uuid NOT NULL,
	"sequence" integer NOT NULL,
	CONSTRAINT "receipt_numbers_pk" PRIMARY KEY("customer_id","payment_id"),
	CONSTRAINT "receipt_numbers_sequence_key" UNIQUE("customer_id","sequence"),
	CONSTRAINT "receipt_numbers_sequence_check" CHECK ("receipt_numbers"."sequence" >= 1)
);
--> statement-breakpoint
CREATE TABLE "refunds" (
	"customer_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"charge_id" uuid NOT NULL,
	"origin" text NOT NULL,
	"state" text NOT NULL,
	"currency" text NOT NULL,
	"amount_minor" bigint NOT NULL,
	"note" text,
	"user_id" uuid,
	"request_key" text,
	"request" jsonb,
	"stripe_refund_id" text,
	"stripe_balance_transaction_id" text,
	"settled_minor" bigint,
	"settled_currency" text,
	"failure_code" text,
	"pending_reason" text,
	"told_at" timestamp with time zone,
	"send_count" integer DEFAULT 0 NOT NULL,
	"first_sent_at" timestamp with time zone,
	"poll_count" integer DEFAULT 0 NOT NULL,
	"next_poll_at" timestamp with time zone,
	"created_at" timestamp with time zone NOT NULL,
	"booked_at" timestamp with time zone,
	"ended_at" timestamp with time zone,
	CONSTRAINT "refunds_pk" PRIMARY KEY("customer_id","id"),
	CONSTRAINT "refunds_state_check" CHECK ("refunds"."state" in ('created', 'sent', 'pending', 'unknown', 'succeeded', 'failed')),
	CONSTRAINT "refunds_origin_check" CHECK ("refunds"."origin" in ('staff', 'dashboard')),
	CONSTRAINT "refunds_currency_check" CHECK ("refunds"."currency" ~ '^[A-Z]{3}$'),
	CONSTRAINT "refunds_amount_check" CHECK ("refunds"."amount_minor" > 0),
	CONSTRAINT "refunds_request_check" CHECK (case "refunds"."origin"
        when 'staff' then "refunds"."request" is not null and "refunds"."request_key" is not null and "refunds"."user_id" is not null and "refunds"."note" is not null
        else "refunds"."request" is null and "refunds"."request_key" is null and "refunds"."stripe_refund_id" is not null end),
	CONSTRAINT "refunds_settled_check" CHECK (num_nulls("refunds"."stripe_balance_transaction_id", "refunds"."settled_minor", "refunds"."settled_currency") in (0, 3) and ("refunds"."settled_minor" is null or "refunds"."booked_at" is not null)),
	CONSTRAINT "refunds_booked_check" CHECK ("refunds"."booked_at" is null or "refunds"."stripe_refund_id" is not null),
	CONSTRAINT "refunds_succeeded_check" CHECK ("refunds"."state" <> 'succeeded' or "refunds"."booked_at" is not null),
	CONSTRAINT "refunds_ended_check" CHECK (("refunds"."state" in ('succeeded', 'failed')) = ("refunds"."ended_at" is not null)),
	CONSTRAINT "refunds_polled_check" CHECK ("refunds"."state" in ('succeeded', 'failed') or "refunds"."next_poll_at" is not null)
);
--> statement-breakpoint
CREATE TABLE "reminders" (
	"customer_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"kind" text NOT NULL,
	"subject_id" uuid NOT NULL,
	"stage" integer,
	"day" date,
	"outbox_id" uuid NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	CONSTRAINT "reminders_pk" PRIMARY KEY("customer_id","id"),
	CONSTRAINT "reminders_stage_key" UNIQUE NULLS NOT DISTINCT("customer_id","kind","subject_id","stage","day"),
	CONSTRAINT "reminders_kind_check" CHECK ("reminders"."kind" in ('invoice_issued', 'invoice_due', 'shortfall', 'suspension_ahead', 'termination_ahead', 'card_expiring', 'card_expired')),
	CONSTRAINT "reminders_stage_check" CHECK (("reminders"."stage" is not null) = ("reminders"."kind" in ('invoice_due', 'suspension_ahead', 'termination_ahead'))
        and ("reminders"."day" is not null) = ("reminders"."kind" in ('shortfall', 'card_expiring', 'card_expired')))
);
--> statement-breakpoint
CREATE TABLE "renewal_requests" (
	"id" uuid NOT NULL,
	"requested_at" timestamp with time zone NOT NULL,
	"user_id" uuid NOT NULL,
	"started_at" timestamp with time zone,
	"run_id" uuid,
	"ended_at" timestamp with time zone,
	"covered" integer,
	"failure" text,
	CONSTRAINT "renewal_requests_pk" PRIMARY KEY("id"),
	CONSTRAINT "renewal_requests_end_check" CHECK (("renewal_requests"."ended_at" is null) = ("renewal_requests"."covered" is null and "renewal_requests"."failure" is null) and "renewal_requests"."covered" >= 0)
);
--> statement-breakpoint
CREATE TABLE "renewal_runs" (
	"id" uuid NOT NULL,
	"started_at" timestamp with time zone NOT NULL,
	"updated_at" timestamp with time zone NOT NULL,
	"ended_at" timestamp with time zone,
	"due" integer NOT NULL,
	"issued" integer NOT NULL,
	"paid" integer NOT NULL,
	"short" integer NOT NULL,
	"parked" integer NOT NULL,
	CONSTRAINT "renewal_runs_pk" PRIMARY KEY("id"),
	CONSTRAINT "renewal_runs_counts_check" CHECK ("renewal_runs"."due" >= 0 and "renewal_runs"."issued" >= 0 and "renewal_runs"."paid" >= 0 and "renewal_runs"."short" >= 0 and "renewal_runs"."parked" >= 0)
);
--> statement-breakpoint
CREATE TABLE "renewals" (
	"customer_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"service_id" uuid NOT NULL,
	"term_starts_at" timestamp with time zone NOT NULL,
	"state" text NOT NULL,
	"invoice_id" uuid,
	"own_grace_days" integer DEFAULT 0 NOT NULL,
	"deferred_until" timestamp with time zone,
	"due_on" date,
	"was_declined" boolean DEFAULT false NOT NULL,
	CONSTRAINT "renewals_pk" PRIMARY KEY("customer_id","id"),
	CONSTRAINT "renewals_grace_check" CHECK ("renewals"."own_grace_days" between 0 and 60),
	CONSTRAINT "renewals_state_check" CHECK ("renewals"."state" in ('due', 'invoiced', 'paid', 'declined', 'lapsed')),
	CONSTRAINT "renewals_invoice_check" CHECK ("renewals"."state" not in ('invoiced', 'paid') or "renewals"."invoice_id" is not null)
);
--> statement-breakpoint
CREATE TABLE "services" (
	"customer_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"plan_id" uuid NOT NULL,
	"label" text NOT NULL,
	"state" text NOT NULL,
	"currency" text NOT NULL,
	"is_auto_renew" boolean DEFAULT true NOT NULL,
	"anchor_day" integer,
	"expires_at" timestamp with time zone,
	"cancel_requested_at" timestamp with time zone,
	"next_plan_id" uuid,
	"next_plan_at" timestamp with time zone,
	"suspended_at" timestamp with time zone,
	"suspension_hold_until" timestamp with time zone,
	"created_at" timestamp with time zone NOT NULL,
	CONSTRAINT "services_pk" PRIMARY KEY("customer_id","id"),
	CONSTRAINT "services_state_check" CHECK ("services"."state" in ('pending', 'active', 'suspended', 'terminated', 'canceled')),
	CONSTRAINT "services_expires_check" CHECK ("services"."state" not in ('active', 'suspended') or "services"."expires_at" is not null),
	CONSTRAINT "services_anchor_check" CHECK ("services"."anchor_day" is null or "services"."anchor_day" between 1 and 31),
	CONSTRAINT "services_anchored_check" CHECK (("services"."expires_at" is null) = ("services"."anchor_day" is null)),
	CONSTRAINT "services_next_plan_check" CHECK (("services"."next_plan_id" is null) = ("services"."next_plan_at" is null)),
	CONSTRAINT "services_suspended_check" CHECK (("services"."state" = 'suspended') = ("services"."suspended_at" is not null)),
	CONSTRAINT "services_currency_check" CHECK ("services"."currency" ~ '^[A-Z]{3}$')
);
--> statement-breakpoint
CREATE TABLE "sessions" (
	"id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"last_seen_at" timestamp with time zone NOT NULL,
	"revoked_at" timestamp with time zone,
	"address" text,
	"user_agent" text,
	"section" text DEFAULT 'portal' NOT NULL,
	CONSTRAINT "sessions_pk" PRIMARY KEY("id"),
	CONSTRAINT "sessions_section_check" CHECK ("sessions"."section" in ('portal', 'admin'))
);
--> statement-breakpoint
CREATE TABLE "settings" (
	"key" text NOT NULL,
	"value" jsonb NOT NULL,
	CONSTRAINT "settings_pk" PRIMARY KEY("key")
);
--> statement-breakpoint
CREATE TABLE "sign_in_attempts" (
	"key" text NOT NULL,
	"points" integer DEFAULT 0 NOT NULL,
	"expire" bigint,
	CONSTRAINT "sign_in_attempts_pk" PRIMARY KEY("key")
);
--> statement-breakpoint
CREATE TABLE "staff" (
	"user_id" uuid NOT NULL,
	"role" text NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"disabled_at" timestamp with time zone,
	CONSTRAINT "staff_pk" PRIMARY KEY("user_id"),
	CONSTRAINT "staff_role_check" CHECK ("staff"."role" in ('admin', 'finance', 'support', 'auditor'))
);
--> statement-breakpoint
CREATE TABLE "stripe_accounts" (
	"id" text NOT NULL,
	"is_live" boolean NOT NULL,
	"first_seen_at" timestamp with time zone NOT NULL,
	"is_ours" boolean NOT NULL,
	"confirmed_by" uuid,
	CONSTRAINT "stripe_accounts_pk" PRIMARY KEY("id","is_live")
);
--> statement-breakpoint
CREATE TABLE "stripe_checks" (
	"name" text NOT NULL,
	"checked_at" timestamp with time zone NOT NULL,
	"failure" text,
	"setup" jsonb,
	"differences" jsonb NOT NULL,
	CONSTRAINT "stripe_checks_pk" PRIMARY KEY("name")
);
--> statement-breakpoint
CREATE TABLE "stripe_events" (
	"id" text NOT NULL,
	"type" text NOT NULL,
	"is_livemode" boolean NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"received_at" timestamp with time zone NOT NULL,
	"source" text NOT NULL,
	"payload" jsonb NOT NULL,
	CONSTRAINT "stripe_events_pk" PRIMARY KEY("id"),
	CONSTRAINT "stripe_events_source_check" CHECK ("stripe_events"."source" in ('webhook', 'read_back'))
);
--> statement-breakpoint
CREATE TABLE "stripe_objects" (
	"id" text NOT NULL,
	"kind" text NOT NULL,
	"customer_id" uuid NOT NULL,
	"row_id" uuid NOT NULL,
	CONSTRAINT "stripe_objects_pk" PRIMARY KEY("id"),
	CONSTRAINT "stripe_objects_kind_check" CHECK ("stripe_objects"."kind" in ('customer', 'checkout_session', 'payment_intent', 'payment_method', 'charge', 'refund', 'dispute'))
);
--> statement-breakpoint
CREATE TABLE "tasks" (
	"customer_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"kind" text NOT NULL,
	"subject" text NOT NULL,
	"subject_id" text NOT NULL,
	"detail" jsonb NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"done_at" timestamp with time zone,
	CONSTRAINT "tasks_pk" PRIMARY KEY("customer_id","id")
);
--> statement-breakpoint
CREATE TABLE "tax_rates" (
	"country" text NOT NULL,
	"valid_from" timestamp with time zone NOT NULL,
	"name" text NOT NULL,
	"rate_ppm" integer NOT NULL,
	CONSTRAINT "tax_rates_pk" PRIMARY KEY("country","valid_from"),
	CONSTRAINT "tax_rates_rate_check" CHECK ("tax_rates"."rate_ppm" between 0 and 1000000)
);
--> statement-breakpoint
CREATE TABLE "terms" (
	"customer_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"service_id" uuid NOT NULL,
	"starts_at" timestamp with time zone NOT NULL,
	"ends_at" timestamp with time zone NOT NULL,
	"follows_at" timestamp with time zone,
	"invoice_line_id" uuid NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	CONSTRAINT "terms_pk" PRIMARY KEY("customer_id","id"),
	CONSTRAINT "terms_ends_key" UNIQUE("customer_id","service_id","ends_at"),
	CONSTRAINT "terms_interval_check" CHECK ("terms"."starts_at" < "terms"."ends_at"),
	CONSTRAINT "terms_follows_check" CHECK ("terms"."follows_at" is null or "terms"."follows_at" = "terms"."starts_at")
);
--> statement-breakpoint
CREATE TABLE "tokens" (
	"hash" text NOT NULL,
	"kind" text NOT NULL,
	"user_id" uuid,
	"detail" jsonb,
	"created_at" timestamp with time zone NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"used_at" timestamp with time zone,
	CONSTRAINT "tokens_pk" PRIMARY KEY("hash"),
	CONSTRAINT "tokens_kind_check" CHECK ("tokens"."kind" in ('password_reset', 'first_admin', 'staff_invite')),
	CONSTRAINT "tokens_user_check" CHECK (("tokens"."kind" = 'password_reset') = ("tokens"."user_id" is not null))
);
--> statement-breakpoint
CREATE TABLE "transfers" (
	"customer_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"currency" text NOT NULL,
	"seq" bigint NOT NULL,
	"kind" text NOT NULL,
	"debit" text NOT NULL,
	"credit" text NOT NULL,
	"amount_minor" bigint NOT NULL,
	"reason" text NOT NULL,
	"pending_id" uuid,
	"payment_id" uuid,
	"invoice_id" uuid,
	"charge_id" uuid,
	"refund_id" uuid,
	"dispute_id" uuid,
	"bank_receipt_id" uuid,
	"occurred_at" timestamp with time zone NOT NULL,
	"value_date" date NOT NULL,
	CONSTRAINT "transfers_pk" PRIMARY KEY("customer_id","id"),
	CONSTRAINT "transfers_kind_check" CHECK ("transfers"."kind" in ('posted', 'pending', 'post', 'void')),
	CONSTRAINT "transfers_accounts_check" CHECK ("transfers"."debit" <> "transfers"."credit"),
	CONSTRAINT "transfers_debit_check" CHECK ("transfers"."debit" in ('receivable', 'gateway_clearing', 'bank', 'disputed', 'customer_debt', 'customer_balance', 'deferred_revenue', 'tax_payable', 'refund_payable', 'suspense', 'revenue', 'goodwill', 'bad_debt', 'dispute_loss', 'processing_fees', 'fx', 'opening', 'legacy_settlement', 'rounding')),
	CONSTRAINT "transfers_credit_check" CHECK ("transfers"."credit" in ('receivable', 'gateway_clearing', 'bank', 'disputed', 'customer_debt', 'customer_balance', 'deferred_revenue', 'tax_payable', 'refund_payable', 'suspense', 'revenue', 'goodwill', 'bad_debt', 'dispute_loss', 'processing_fees', 'fx', 'opening', 'legacy_settlement', 'rounding')),
	CONSTRAINT "transfers_amount_check" CHECK ("transfers"."amount_minor" > 0),
	CONSTRAINT "transfers_pending_check" CHECK (("transfers"."kind" in ('post', 'void')) = ("transfers"."pending_id" is not null)),
	CONSTRAINT "transfers_hold_check" CHECK ("transfers"."kind" = 'posted' or "transfers"."debit" = 'customer_balance'),
	CONSTRAINT "transfers_held_for_check" CHECK ("transfers"."kind" = 'posted' or num_nonnulls("transfers"."invoice_id", "transfers"."refund_id", "transfers"."dispute_id") = 1 and ("transfers"."invoice_id" is null) = ("transfers"."payment_id" is null)),
	CONSTRAINT "transfers_seq_check" CHECK ("transfers"."seq" > 0)
);
--> statement-breakpoint
CREATE TABLE "users" (
	"id" uuid NOT NULL,
	"email" text NOT NULL,
	"name" text NOT NULL,
	"password_hash" text,
	"locale" text,
	"created_at" timestamp with time zone NOT NULL,
	"disabled_at" timestamp with time zone,
	CONSTRAINT "users_pk" PRIMARY KEY("id"),
	CONSTRAINT "users_email_check" CHECK ("users"."email" = lower("users"."email") and length("users"."email") between 3 and 254)
);
--> statement-breakpoint
CREATE TABLE "webhook_deliveries" (
	"customer_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"endpoint_id" uuid NOT NULL,
	"outbox_id" uuid NOT NULL,
	"subject_id" uuid NOT NULL,
	"topic" text NOT NULL,
	"body" jsonb NOT NULL,
	"state" text NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"next_attempt_at" timestamp with time zone,
	"last_attempt_at" timestamp with time zone,
	"answer_status" integer,
	"failure_code" text,
	"created_at" timestamp with time zone NOT NULL,
	"delivered_at" timestamp with time zone,
	CONSTRAINT "webhook_deliveries_pk" PRIMARY KEY("customer_id","id"),
	CONSTRAINT "webhook_deliveries_state_check" CHECK ("webhook_deliveries"."state" in ('waiting', 'delivered', 'parked', 'dropped')),
	CONSTRAINT "webhook_deliveries_next_check" CHECK (("webhook_deliveries"."state" = 'waiting') = ("webhook_deliveries"."next_attempt_at" is not null)),
	CONSTRAINT "webhook_deliveries_delivered_check" CHECK (("webhook_deliveries"."state" = 'delivered') = ("webhook_deliveries"."delivered_at" is not null))
);
--> statement-breakpoint
CREATE TABLE "webhook_endpoints" (
	"id" uuid NOT NULL,
	"url" text NOT NULL,
	"note" text DEFAULT '' NOT NULL,
	"sealed_secret" text NOT NULL,
	"user_id" uuid NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"disabled_at" timestamp with time zone,
	CONSTRAINT "webhook_endpoints_pk" PRIMARY KEY("id"),
	CONSTRAINT "webhook_endpoints_text_check" CHECK (length("webhook_endpoints"."url") between 8 and 2000 and length("webhook_endpoints"."note") <= 200)
);
--> statement-breakpoint
ALTER TABLE "activities" ADD CONSTRAINT "activities_customer_fk" FOREIGN KEY ("customer_id") REFERENCES "public"."customers"("id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "allocations" ADD CONSTRAINT "allocations_payment_fk" FOREIGN KEY ("customer_id","payment_id") REFERENCES "public"."payments"("customer_id","id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "allocations" ADD CONSTRAINT "allocations_invoice_fk" FOREIGN KEY ("customer_id","invoice_id") REFERENCES "public"."invoices"("customer_id","id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "allocations" ADD CONSTRAINT "allocations_transfer_fk" FOREIGN KEY ("customer_id","transfer_id") REFERENCES "public"."transfers"("customer_id","id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "auto_charges" ADD CONSTRAINT "auto_charges_customer_fk" FOREIGN KEY ("customer_id") REFERENCES "public"."customers"("id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "auto_charges" ADD CONSTRAINT "auto_charges_method_fk" FOREIGN KEY ("customer_id","payment_method_id") REFERENCES "public"."payment_methods"("customer_id","id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "auto_charges" ADD CONSTRAINT "auto_charges_default_fk" FOREIGN KEY ("customer_id","payment_method_id","charges_default") REFERENCES "public"."payment_methods"("customer_id","id","is_default") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "auto_charges" ADD CONSTRAINT "auto_charges_user_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "auto_top_ups" ADD CONSTRAINT "auto_top_ups_customer_fk" FOREIGN KEY ("customer_id") REFERENCES "public"."customers"("id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "auto_top_ups" ADD CONSTRAINT "auto_top_ups_user_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "balance_checks" ADD CONSTRAINT "balance_checks_customer_fk" FOREIGN KEY ("customer_id") REFERENCES "public"."customers"("id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "balances" ADD CONSTRAINT "balances_customer_fk" FOREIGN KEY ("customer_id") REFERENCES "public"."customers"("id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "bank_receipts" ADD CONSTRAINT "bank_receipts_customer_fk" FOREIGN KEY ("customer_id") REFERENCES "public"."customers"("id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "bank_receipts" ADD CONSTRAINT "bank_receipts_payment_fk" FOREIGN KEY ("customer_id","payment_id") REFERENCES "public"."payments"("customer_id","id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "bank_receipts" ADD CONSTRAINT "bank_receipts_user_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "charge_consents" ADD CONSTRAINT "charge_consents_method_fk" FOREIGN KEY ("customer_id","payment_method_id") REFERENCES "public"."payment_methods"("customer_id","id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "charge_consents" ADD CONSTRAINT "charge_consents_payment_fk" FOREIGN KEY ("customer_id","payment_id") REFERENCES "public"."payments"("customer_id","id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "charge_consents" ADD CONSTRAINT "charge_consents_user_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "charges" ADD CONSTRAINT "charges_payment_fk" FOREIGN KEY ("customer_id","payment_id") REFERENCES "public"."payments"("customer_id","id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "credit_note_numbers" ADD CONSTRAINT "credit_note_numbers_series_fk" FOREIGN KEY ("series") REFERENCES "public"."invoice_series"("key") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "credit_note_numbers" ADD CONSTRAINT "credit_note_numbers_note_fk" FOREIGN KEY ("customer_id","credit_note_id") REFERENCES "public"."credit_notes"("customer_id","id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "credit_notes" ADD CONSTRAINT "credit_notes_invoice_fk" FOREIGN KEY ("customer_id","invoice_id") REFERENCES "public"."invoices"("customer_id","id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "credit_notes" ADD CONSTRAINT "credit_notes_user_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "dispute_movements" ADD CONSTRAINT "dispute_movements_dispute_fk" FOREIGN KEY ("customer_id","dispute_id") REFERENCES "public"."disputes"("customer_id","id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "disputes" ADD CONSTRAINT "disputes_charge_fk" FOREIGN KEY ("customer_id","charge_id") REFERENCES "public"."charges"("customer_id","id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "event_runs" ADD CONSTRAINT "event_runs_event_fk" FOREIGN KEY ("event_id") REFERENCES "public"."stripe_events"("id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "invitations" ADD CONSTRAINT "invitations_customer_fk" FOREIGN KEY ("customer_id") REFERENCES "public"."customers"("id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "invitations" ADD CONSTRAINT "invitations_user_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "invoice_claims" ADD CONSTRAINT "invoice_claims_invoice_fk" FOREIGN KEY ("customer_id","invoice_id") REFERENCES "public"."invoices"("customer_id","id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "invoice_claims" ADD CONSTRAINT "invoice_claims_share_fk" FOREIGN KEY ("customer_id","payment_id","invoice_id") REFERENCES "public"."payment_shares"("customer_id","payment_id","invoice_id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "invoice_drafts" ADD CONSTRAINT "invoice_drafts_customer_fk" FOREIGN KEY ("customer_id") REFERENCES "public"."customers"("id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "invoice_drafts" ADD CONSTRAINT "invoice_drafts_user_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "invoice_lines" ADD CONSTRAINT "invoice_lines_invoice_fk" FOREIGN KEY ("customer_id","invoice_id") REFERENCES "public"."invoices"("customer_id","id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "invoice_lines" ADD CONSTRAINT "invoice_lines_service_fk" FOREIGN KEY ("customer_id","service_id") REFERENCES "public"."services"("customer_id","id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "invoice_lines" ADD CONSTRAINT "invoice_lines_renewal_fk" FOREIGN KEY ("customer_id","renewal_id") REFERENCES "public"."renewals"("customer_id","id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "invoice_lines" ADD CONSTRAINT "invoice_lines_plan_fk" FOREIGN KEY ("plan_id") REFERENCES "public"."plans"("id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "invoice_numbers" ADD CONSTRAINT "invoice_numbers_series_fk" FOREIGN KEY ("series") REFERENCES "public"."invoice_series"("key") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "invoice_numbers" ADD CONSTRAINT "invoice_numbers_invoice_fk" FOREIGN KEY ("customer_id","invoice_id") REFERENCES "public"."invoices"("customer_id","id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "invoices" ADD CONSTRAINT "invoices_customer_fk" FOREIGN KEY ("customer_id") REFERENCES "public"."customers"("id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "mailed_pay_link_invoices" ADD CONSTRAINT "mailed_pay_link_invoices_link_fk" FOREIGN KEY ("customer_id","link_id") REFERENCES "public"."mailed_pay_links"("customer_id","id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "mailed_pay_link_invoices" ADD CONSTRAINT "mailed_pay_link_invoices_invoice_fk" FOREIGN KEY ("customer_id","invoice_id") REFERENCES "public"."invoices"("customer_id","id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "mailed_pay_links" ADD CONSTRAINT "mailed_pay_links_outbox_fk" FOREIGN KEY ("customer_id","outbox_id") REFERENCES "public"."outbox"("customer_id","id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "mailed_pay_links" ADD CONSTRAINT "mailed_pay_links_user_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "memberships" ADD CONSTRAINT "memberships_customer_fk" FOREIGN KEY ("customer_id") REFERENCES "public"."customers"("id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "memberships" ADD CONSTRAINT "memberships_user_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "notice_failures" ADD CONSTRAINT "notice_failures_notice_fk" FOREIGN KEY ("customer_id","notice_id") REFERENCES "public"."notices"("customer_id","id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "notices" ADD CONSTRAINT "notices_outbox_fk" FOREIGN KEY ("customer_id","id") REFERENCES "public"."outbox"("customer_id","id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "outbox" ADD CONSTRAINT "outbox_told_by_fk" FOREIGN KEY ("customer_id","told_by") REFERENCES "public"."outbox"("customer_id","id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "outbox" ADD CONSTRAINT "outbox_customer_fk" FOREIGN KEY ("customer_id") REFERENCES "public"."customers"("id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "papers" ADD CONSTRAINT "papers_customer_fk" FOREIGN KEY ("customer_id") REFERENCES "public"."customers"("id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "pay_links" ADD CONSTRAINT "pay_links_invoice_fk" FOREIGN KEY ("customer_id","invoice_id") REFERENCES "public"."invoices"("customer_id","id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "payment_methods" ADD CONSTRAINT "payment_methods_customer_fk" FOREIGN KEY ("customer_id") REFERENCES "public"."customers"("id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "payment_rulings" ADD CONSTRAINT "payment_rulings_payment_fk" FOREIGN KEY ("customer_id","payment_id") REFERENCES "public"."payments"("customer_id","id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "payment_rulings" ADD CONSTRAINT "payment_rulings_proposed_fk" FOREIGN KEY ("proposed_by") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "payment_rulings" ADD CONSTRAINT "payment_rulings_decided_fk" FOREIGN KEY ("decided_by") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "payment_shares" ADD CONSTRAINT "payment_shares_payment_fk" FOREIGN KEY ("customer_id","payment_id") REFERENCES "public"."payments"("customer_id","id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "payment_shares" ADD CONSTRAINT "payment_shares_invoice_fk" FOREIGN KEY ("customer_id","invoice_id") REFERENCES "public"."invoices"("customer_id","id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "payments" ADD CONSTRAINT "payments_customer_fk" FOREIGN KEY ("customer_id") REFERENCES "public"."customers"("id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "payments" ADD CONSTRAINT "payments_user_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "payments" ADD CONSTRAINT "payments_source_fk" FOREIGN KEY ("customer_id","source_payment_id") REFERENCES "public"."payments"("customer_id","id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "payments" ADD CONSTRAINT "payments_method_fk" FOREIGN KEY ("customer_id","payment_method_id") REFERENCES "public"."payment_methods"("customer_id","id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "plan_changes" ADD CONSTRAINT "plan_changes_service_fk" FOREIGN KEY ("customer_id","service_id") REFERENCES "public"."services"("customer_id","id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "plan_changes" ADD CONSTRAINT "plan_changes_term_fk" FOREIGN KEY ("customer_id","term_id") REFERENCES "public"."terms"("customer_id","id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "plan_changes" ADD CONSTRAINT "plan_changes_invoice_fk" FOREIGN KEY ("customer_id","invoice_id") REFERENCES "public"."invoices"("customer_id","id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "plan_changes" ADD CONSTRAINT "plan_changes_from_fk" FOREIGN KEY ("from_plan_id") REFERENCES "public"."plans"("id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "plan_changes" ADD CONSTRAINT "plan_changes_to_fk" FOREIGN KEY ("to_plan_id") REFERENCES "public"."plans"("id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "plan_changes" ADD CONSTRAINT "plan_changes_user_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "plan_prices" ADD CONSTRAINT "plan_prices_plan_fk" FOREIGN KEY ("plan_id") REFERENCES "public"."plans"("id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "receipt_numbers" ADD CONSTRAINT "receipt_numbers_payment_fk" FOREIGN KEY ("customer_id","payment_id") REFERENCES "public"."payments"("customer_id","id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "refunds" ADD CONSTRAINT "refunds_charge_fk" FOREIGN KEY ("customer_id","charge_id") REFERENCES "public"."charges"("customer_id","id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "refunds" ADD CONSTRAINT "refunds_user_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "reminders" ADD CONSTRAINT "reminders_customer_fk" FOREIGN KEY ("customer_id") REFERENCES "public"."customers"("id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "reminders" ADD CONSTRAINT "reminders_outbox_fk" FOREIGN KEY ("customer_id","outbox_id") REFERENCES "public"."outbox"("customer_id","id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "renewal_requests" ADD CONSTRAINT "renewal_requests_user_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "renewals" ADD CONSTRAINT "renewals_service_fk" FOREIGN KEY ("customer_id","service_id") REFERENCES "public"."services"("customer_id","id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "renewals" ADD CONSTRAINT "renewals_invoice_fk" FOREIGN KEY ("customer_id","invoice_id") REFERENCES "public"."invoices"("customer_id","id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "services" ADD CONSTRAINT "services_customer_fk" FOREIGN KEY ("customer_id") REFERENCES "public"."customers"("id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "services" ADD CONSTRAINT "services_plan_fk" FOREIGN KEY ("plan_id") REFERENCES "public"."plans"("id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "services" ADD CONSTRAINT "services_next_plan_fk" FOREIGN KEY ("next_plan_id") REFERENCES "public"."plans"("id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_user_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "staff" ADD CONSTRAINT "staff_user_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "stripe_accounts" ADD CONSTRAINT "stripe_accounts_user_fk" FOREIGN KEY ("confirmed_by") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "tasks" ADD CONSTRAINT "tasks_customer_fk" FOREIGN KEY ("customer_id") REFERENCES "public"."customers"("id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "terms" ADD CONSTRAINT "terms_service_fk" FOREIGN KEY ("customer_id","service_id") REFERENCES "public"."services"("customer_id","id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "terms" ADD CONSTRAINT "terms_line_fk" FOREIGN KEY ("customer_id","invoice_line_id") REFERENCES "public"."invoice_lines"("customer_id","id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "terms" ADD CONSTRAINT "terms_follows_fk" FOREIGN KEY ("customer_id","service_id","follows_at") REFERENCES "public"."terms"("customer_id","service_id","ends_at") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "tokens" ADD CONSTRAINT "tokens_user_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "transfers" ADD CONSTRAINT "transfers_balance_fk" FOREIGN KEY ("customer_id","currency") REFERENCES "public"."balances"("customer_id","currency") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "transfers" ADD CONSTRAINT "transfers_pending_fk" FOREIGN KEY ("customer_id","pending_id") REFERENCES "public"."transfers"("customer_id","id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "transfers" ADD CONSTRAINT "transfers_payment_fk" FOREIGN KEY ("customer_id","payment_id") REFERENCES "public"."payments"("customer_id","id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "transfers" ADD CONSTRAINT "transfers_invoice_fk" FOREIGN KEY ("customer_id","invoice_id") REFERENCES "public"."invoices"("customer_id","id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "transfers" ADD CONSTRAINT "transfers_charge_fk" FOREIGN KEY ("customer_id","charge_id") REFERENCES "public"."charges"("customer_id","id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "transfers" ADD CONSTRAINT "transfers_refund_fk" FOREIGN KEY ("customer_id","refund_id") REFERENCES "public"."refunds"("customer_id","id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "transfers" ADD CONSTRAINT "transfers_dispute_fk" FOREIGN KEY ("customer_id","dispute_id") REFERENCES "public"."disputes"("customer_id","id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "transfers" ADD CONSTRAINT "transfers_bank_receipt_fk" FOREIGN KEY ("customer_id","bank_receipt_id") REFERENCES "public"."bank_receipts"("customer_id","id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "webhook_deliveries" ADD CONSTRAINT "webhook_deliveries_outbox_fk" FOREIGN KEY ("customer_id","outbox_id") REFERENCES "public"."outbox"("customer_id","id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "webhook_deliveries" ADD CONSTRAINT "webhook_deliveries_endpoint_fk" FOREIGN KEY ("endpoint_id") REFERENCES "public"."webhook_endpoints"("id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "webhook_endpoints" ADD CONSTRAINT "webhook_endpoints_user_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
CREATE INDEX "activities_subject_idx" ON "activities" USING btree ("customer_id","subject_id","id");
--> statement-breakpoint
CREATE INDEX "activities_all_idx" ON "activities" USING btree ("id");
--> statement-breakpoint
CREATE UNIQUE INDEX "allocations_transfer_key" ON "allocations" USING btree ("customer_id","transfer_id");
--> statement-breakpoint
CREATE INDEX "allocations_payment_idx" ON "allocations" USING btree ("customer_id","payment_id");
--> statement-breakpoint
CREATE INDEX "allocations_invoice_idx" ON "allocations" USING btree ("customer_id","invoice_id");
--> statement-breakpoint
CREATE INDEX "auto_charges_method_idx" ON "auto_charges" USING btree ("customer_id","payment_method_id","charges_default");
--> statement-breakpoint
CREATE INDEX "auto_charges_user_idx" ON "auto_charges" USING btree ("user_id");
--> statement-breakpoint
CREATE INDEX "auto_top_ups_user_idx" ON "auto_top_ups" USING btree ("user_id");
--> statement-breakpoint
CREATE UNIQUE INDEX "bank_receipt_keys_receipt_key" ON "bank_receipt_keys" USING btree ("receipt_id");
--> statement-breakpoint
CREATE UNIQUE INDEX "bank_receipts_payment_key" ON "bank_receipts" USING btree ("customer_id","payment_id");
--> statement-breakpoint
CREATE INDEX "bank_receipts_user_idx" ON "bank_receipts" USING btree ("user_id");
--> statement-breakpoint
CREATE INDEX "bank_receipts_unmatched_idx" ON "bank_receipts" USING btree ("customer_id","id") WHERE "bank_receipts"."payment_id" is null and "bank_receipts"."assigned_at" is null and "bank_receipts"."returned_at" is null;
--> statement-breakpoint
CREATE INDEX "charge_consents_method_idx" ON "charge_consents" USING btree ("customer_id","payment_method_id");
--> statement-breakpoint
CREATE INDEX "charge_consents_payment_idx" ON "charge_consents" USING btree ("customer_id","payment_id");
--> statement-breakpoint
CREATE INDEX "charge_consents_user_idx" ON "charge_consents" USING btree ("user_id");
--> statement-breakpoint
CREATE UNIQUE INDEX "charges_stripe_key" ON "charges" USING btree ("customer_id","stripe_charge_id");
--> statement-breakpoint
CREATE INDEX "charges_payment_idx" ON "charges" USING btree ("customer_id","payment_id");
--> statement-breakpoint
CREATE INDEX "charges_poll_idx" ON "charges" USING btree ("next_poll_at") WHERE "charges"."next_poll_at" is not null;
--> statement-breakpoint
CREATE UNIQUE INDEX "credit_note_numbers_note_key" ON "credit_note_numbers" USING btree ("customer_id","credit_note_id");
--> statement-breakpoint
CREATE UNIQUE INDEX "credit_notes_number_key" ON "credit_notes" USING btree ("customer_id","number");
--> statement-breakpoint
CREATE INDEX "credit_notes_invoice_idx" ON "credit_notes" USING btree ("customer_id","invoice_id");
--> statement-breakpoint
CREATE INDEX "credit_notes_user_idx" ON "credit_notes" USING btree ("user_id") WHERE "credit_notes"."user_id" is not null;
--> statement-breakpoint
CREATE INDEX "customers_reference_idx" ON "customers" USING btree ("reference");
--> statement-breakpoint
CREATE INDEX "customers_email_idx" ON "customers" USING btree ("email");
--> statement-breakpoint
CREATE INDEX "customers_stripe_stale_idx" ON "customers" USING btree ("id") WHERE "customers"."stripe_customer_id" is not null and ("customers"."name" is distinct from "customers"."stripe_name" or "customers"."email" is distinct from "customers"."stripe_email");
--> statement-breakpoint
CREATE INDEX "dispute_movements_dispute_idx" ON "dispute_movements" USING btree ("customer_id","dispute_id");
--> statement-breakpoint
CREATE UNIQUE INDEX "disputes_stripe_key" ON "disputes" USING btree ("customer_id","stripe_dispute_id");
--> statement-breakpoint
CREATE INDEX "disputes_charge_idx" ON "disputes" USING btree ("customer_id","charge_id");
--> statement-breakpoint
CREATE INDEX "disputes_poll_idx" ON "disputes" USING btree ("next_poll_at") WHERE "disputes"."next_poll_at" is not null;
--> statement-breakpoint
CREATE INDEX "event_runs_waiting_idx" ON "event_runs" USING btree ("next_attempt_at") WHERE "event_runs"."state" = 'waiting';
--> statement-breakpoint
CREATE INDEX "invitations_user_idx" ON "invitations" USING btree ("user_id");
--> statement-breakpoint
CREATE UNIQUE INDEX "invitations_token_key" ON "invitations" USING btree ("customer_id","token_hash");
--> statement-breakpoint
CREATE UNIQUE INDEX "invitations_open_key" ON "invitations" USING btree ("customer_id","email") WHERE "invitations"."accepted_at" is null and "invitations"."withdrawn_at" is null;
--> statement-breakpoint
CREATE INDEX "invoice_claims_payment_idx" ON "invoice_claims" USING btree ("customer_id","payment_id","invoice_id");
--> statement-breakpoint
CREATE INDEX "invoice_drafts_user_idx" ON "invoice_drafts" USING btree ("user_id");
--> statement-breakpoint
CREATE UNIQUE INDEX "invoice_lines_position_key" ON "invoice_lines" USING btree ("customer_id","invoice_id","position");
--> statement-breakpoint
CREATE INDEX "invoice_lines_service_idx" ON "invoice_lines" USING btree ("customer_id","service_id") WHERE "invoice_lines"."service_id" is not null;
--> statement-breakpoint
CREATE INDEX "invoice_lines_renewal_idx" ON "invoice_lines" USING btree ("customer_id","renewal_id") WHERE "invoice_lines"."renewal_id" is not null;
--> statement-breakpoint
CREATE INDEX "invoice_lines_plan_idx" ON "invoice_lines" USING btree ("plan_id") WHERE "invoice_lines"."plan_id" is not null;
--> statement-breakpoint
CREATE UNIQUE INDEX "invoice_numbers_invoice_key" ON "invoice_numbers" USING btree ("customer_id","invoice_id");
--> statement-breakpoint
CREATE UNIQUE INDEX "invoices_number_key" ON "invoices" USING btree ("customer_id","number");
--> statement-breakpoint
CREATE INDEX "invoices_issued_idx" ON "invoices" USING btree ("customer_id","issued_at","id");
--> statement-breakpoint
CREATE INDEX "invoices_all_issued_idx" ON "invoices" USING btree ("issued_at","id");
--> statement-breakpoint
CREATE INDEX "invoices_open_idx" ON "invoices" USING btree ("customer_id","due_on","id") WHERE "invoices"."state" = 'open';
--> statement-breakpoint
CREATE INDEX "login_mails_waiting_idx" ON "login_mails" USING btree ("next_attempt_at") WHERE "login_mails"."state" = 'waiting';
--> statement-breakpoint
CREATE INDEX "login_mails_email_idx" ON "login_mails" USING btree ("email","created_at");
--> statement-breakpoint
CREATE INDEX "mailed_pay_link_invoices_invoice_idx" ON "mailed_pay_link_invoices" USING btree ("customer_id","invoice_id");
--> statement-breakpoint
CREATE INDEX "mailed_pay_links_user_idx" ON "mailed_pay_links" USING btree ("user_id") WHERE "mailed_pay_links"."user_id" is not null;
--> statement-breakpoint
CREATE INDEX "mailed_pay_links_outbox_idx" ON "mailed_pay_links" USING btree ("customer_id","outbox_id");
--> statement-breakpoint
CREATE INDEX "memberships_user_idx" ON "memberships" USING btree ("user_id");
--> statement-breakpoint
CREATE INDEX "notices_unread_idx" ON "notices" USING btree ("customer_id") WHERE "notices"."read_at" is null and "notices"."state" <> 'withdrawn';
--> statement-breakpoint
CREATE INDEX "notices_created_idx" ON "notices" USING btree ("created_at","id");
--> statement-breakpoint
CREATE INDEX "notices_id_idx" ON "notices" USING btree ("id");
--> statement-breakpoint
CREATE INDEX "outbox_told_by_idx" ON "outbox" USING btree ("customer_id","told_by") WHERE "outbox"."told_by" is not null;
--> statement-breakpoint
CREATE UNIQUE INDEX "outbox_remind_key" ON "outbox" USING btree ("customer_id","remind_on") WHERE "outbox"."remind_on" is not null;
--> statement-breakpoint
CREATE INDEX "outbox_waiting_idx" ON "outbox" USING btree ("id") WHERE "outbox"."handled_at" is null;
--> statement-breakpoint
CREATE UNIQUE INDEX "payment_methods_stripe_key" ON "payment_methods" USING btree ("customer_id","stripe_payment_method_id");
--> statement-breakpoint
CREATE UNIQUE INDEX "payment_methods_default_key" ON "payment_methods" USING btree ("customer_id") WHERE "payment_methods"."is_default";
--> statement-breakpoint
CREATE INDEX "payment_methods_attached_idx" ON "payment_methods" USING btree ("customer_id","created_at","id") WHERE "payment_methods"."detached_at" is null;
--> statement-breakpoint
CREATE INDEX "payment_rulings_payment_idx" ON "payment_rulings" USING btree ("customer_id","payment_id");
--> statement-breakpoint
CREATE INDEX "payment_rulings_proposed_idx" ON "payment_rulings" USING btree ("proposed_by");
--> statement-breakpoint
CREATE INDEX "payment_rulings_decided_idx" ON "payment_rulings" USING btree ("decided_by") WHERE "payment_rulings"."decided_by" is not null;
--> statement-breakpoint
CREATE UNIQUE INDEX "payment_rulings_open_key" ON "payment_rulings" USING btree ("customer_id","payment_id") WHERE "payment_rulings"."decided_at" is null;
--> statement-breakpoint
CREATE INDEX "payment_shares_invoice_idx" ON "payment_shares" USING btree ("customer_id","invoice_id");
--> statement-breakpoint
CREATE INDEX "payments_created_idx" ON "payments" USING btree ("customer_id","created_at","id");
--> statement-breakpoint
CREATE INDEX "payments_all_created_idx" ON "payments" USING btree ("created_at","id");
--> statement-breakpoint
CREATE INDEX "payments_source_idx" ON "payments" USING btree ("customer_id","source_payment_id") WHERE "payments"."source_payment_id" is not null;
--> statement-breakpoint
CREATE INDEX "payments_method_idx" ON "payments" USING btree ("customer_id","payment_method_id") WHERE "payments"."payment_method_id" is not null;
--> statement-breakpoint
CREATE INDEX "payments_id_idx" ON "payments" USING btree ("id");
--> statement-breakpoint
CREATE INDEX "payments_poll_idx" ON "payments" USING btree ("next_poll_at") WHERE "payments"."next_poll_at" is not null;
--> statement-breakpoint
CREATE INDEX "payments_open_idx" ON "payments" USING btree ("customer_id","id") WHERE "payments"."state" in ('created', 'sent', 'requires_action', 'processing', 'unknown');
--> statement-breakpoint
CREATE INDEX "payments_user_idx" ON "payments" USING btree ("user_id") WHERE "payments"."user_id" is not null;
--> statement-breakpoint
CREATE INDEX "plan_changes_service_idx" ON "plan_changes" USING btree ("customer_id","service_id","id");
--> statement-breakpoint
CREATE INDEX "plan_changes_term_idx" ON "plan_changes" USING btree ("customer_id","term_id","id");
--> statement-breakpoint
CREATE INDEX "plan_changes_invoice_idx" ON "plan_changes" USING btree ("customer_id","invoice_id") WHERE "plan_changes"."invoice_id" is not null;
--> statement-breakpoint
CREATE INDEX "plan_changes_from_idx" ON "plan_changes" USING btree ("from_plan_id");
--> statement-breakpoint
CREATE INDEX "plan_changes_to_idx" ON "plan_changes" USING btree ("to_plan_id");
--> statement-breakpoint
CREATE INDEX "plan_changes_user_idx" ON "plan_changes" USING btree ("user_id");
--> statement-breakpoint
CREATE UNIQUE INDEX "plans_key_key" ON "plans" USING btree ("key");
--> statement-breakpoint
CREATE UNIQUE INDEX "refunds_stripe_key" ON "refunds" USING btree ("customer_id","stripe_refund_id") WHERE "refunds"."stripe_refund_id" is not null;
--> statement-breakpoint
CREATE INDEX "refunds_charge_idx" ON "refunds" USING btree ("customer_id","charge_id");
--> statement-breakpoint
CREATE INDEX "refunds_user_idx" ON "refunds" USING btree ("user_id") WHERE "refunds"."user_id" is not null;
--> statement-breakpoint
CREATE INDEX "refunds_poll_idx" ON "refunds" USING btree ("next_poll_at") WHERE "refunds"."next_poll_at" is not null;
--> statement-breakpoint
CREATE INDEX "reminders_outbox_idx" ON "reminders" USING btree ("customer_id","outbox_id");
--> statement-breakpoint
CREATE INDEX "renewal_requests_user_idx" ON "renewal_requests" USING btree ("user_id");
--> statement-breakpoint
CREATE INDEX "renewal_requests_requested_idx" ON "renewal_requests" USING btree ("requested_at");
--> statement-breakpoint
CREATE UNIQUE INDEX "renewal_requests_open_key" ON "renewal_requests" USING btree (("ended_at" is null)) WHERE "renewal_requests"."ended_at" is null;
--> statement-breakpoint
CREATE INDEX "renewal_runs_started_idx" ON "renewal_runs" USING btree ("started_at");
--> statement-breakpoint
CREATE UNIQUE INDEX "renewals_term_key" ON "renewals" USING btree ("customer_id","service_id","term_starts_at");
--> statement-breakpoint
CREATE INDEX "renewals_invoice_idx" ON "renewals" USING btree ("customer_id","invoice_id") WHERE "renewals"."invoice_id" is not null;
--> statement-breakpoint
CREATE INDEX "services_plan_idx" ON "services" USING btree ("plan_id");
--> statement-breakpoint
CREATE INDEX "services_next_plan_idx" ON "services" USING btree ("next_plan_id","next_plan_at") WHERE "services"."next_plan_id" is not null;
--> statement-breakpoint
CREATE INDEX "services_expires_idx" ON "services" USING btree ("customer_id","expires_at","id");
--> statement-breakpoint
CREATE INDEX "services_running_idx" ON "services" USING btree ("expires_at","id") WHERE "services"."state" in ('active', 'suspended');
--> statement-breakpoint
CREATE INDEX "services_listed_idx" ON "services" USING btree (coalesce("expires_at", '9999-01-01 00:00:00+00'::timestamptz),"id");
--> statement-breakpoint
CREATE INDEX "sessions_user_idx" ON "sessions" USING btree ("user_id");
--> statement-breakpoint
CREATE INDEX "stripe_accounts_user_idx" ON "stripe_accounts" USING btree ("confirmed_by");
--> statement-breakpoint
CREATE UNIQUE INDEX "stripe_accounts_ours_key" ON "stripe_accounts" USING btree ("is_ours") WHERE "stripe_accounts"."is_ours";
--> statement-breakpoint
CREATE INDEX "stripe_events_received_idx" ON "stripe_events" USING btree ("received_at","id");
--> statement-breakpoint
CREATE INDEX "tasks_open_idx" ON "tasks" USING btree ("customer_id","kind","subject_id") WHERE "tasks"."done_at" is null;
--> statement-breakpoint
CREATE UNIQUE INDEX "terms_starts_key" ON "terms" USING btree ("customer_id","service_id","starts_at");
--> statement-breakpoint
CREATE UNIQUE INDEX "terms_line_key" ON "terms" USING btree ("customer_id","invoice_line_id");
--> statement-breakpoint
CREATE INDEX "tokens_user_idx" ON "tokens" USING btree ("user_id");
--> statement-breakpoint
CREATE UNIQUE INDEX "transfers_seq_key" ON "transfers" USING btree ("customer_id","currency","seq");
--> statement-breakpoint
CREATE UNIQUE INDEX "transfers_pending_key" ON "transfers" USING btree ("customer_id","pending_id") WHERE "transfers"."pending_id" is not null;
--> statement-breakpoint
CREATE INDEX "transfers_payment_idx" ON "transfers" USING btree ("customer_id","payment_id") WHERE "transfers"."payment_id" is not null;
--> statement-breakpoint
CREATE INDEX "transfers_invoice_idx" ON "transfers" USING btree ("customer_id","invoice_id") WHERE "transfers"."invoice_id" is not null;
--> statement-breakpoint
CREATE INDEX "transfers_charge_idx" ON "transfers" USING btree ("customer_id","charge_id") WHERE "transfers"."charge_id" is not null;
--> statement-breakpoint
CREATE INDEX "transfers_refund_idx" ON "transfers" USING btree ("customer_id","refund_id") WHERE "transfers"."refund_id" is not null;
--> statement-breakpoint
CREATE INDEX "transfers_dispute_idx" ON "transfers" USING btree ("customer_id","dispute_id") WHERE "transfers"."dispute_id" is not null;
--> statement-breakpoint
CREATE INDEX "transfers_debt_idx" ON "transfers" USING btree ("customer_id","currency") WHERE "transfers"."debit" = 'customer_debt' or "transfers"."credit" = 'customer_debt';
--> statement-breakpoint
CREATE INDEX "transfers_bank_receipt_idx" ON "transfers" USING btree ("customer_id","bank_receipt_id") WHERE "transfers"."bank_receipt_id" is not null;
--> statement-breakpoint
CREATE UNIQUE INDEX "users_email_key" ON "users" USING btree ("email");
--> statement-breakpoint
CREATE UNIQUE INDEX "webhook_deliveries_once_key" ON "webhook_deliveries" USING btree ("customer_id","outbox_id","endpoint_id");
--> statement-breakpoint
CREATE INDEX "webhook_deliveries_endpoint_idx" ON "webhook_deliveries" USING btree ("endpoint_id","id");
--> statement-breakpoint
CREATE INDEX "webhook_deliveries_waiting_idx" ON "webhook_deliveries" USING btree ("endpoint_id","subject_id","outbox_id") WHERE "webhook_deliveries"."state" = 'waiting';
--> statement-breakpoint
CREATE INDEX "webhook_endpoints_user_idx" ON "webhook_endpoints" USING btree ("user_id");
