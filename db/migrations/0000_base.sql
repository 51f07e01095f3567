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
CREATE TABLE "outbox" (
	"customer_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"topic" text NOT NULL,
	"payload" jsonb NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"handled_at" timestamp with time zone,
	CONSTRAINT "outbox_pk" PRIMARY KEY("customer_id","id")
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
CREATE TABLE "balance_checks" (
	"customer_id" uuid NOT NULL,
	"currency" text NOT NULL,
	"seq" bigint NOT NULL,
	"posted_minor" bigint NOT NULL,
	"held_minor" bigint NOT NULL,
	"checked_at" timestamp with time zone NOT NULL,
	CONSTRAINT "balance_checks_pk" PRIMARY KEY("customer_id","currency")
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
	CONSTRAINT "transfers_seq_check" CHECK ("transfers"."seq" > 0)
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
	"next_poll_at" timestamp with time zone,
	"booked_at" timestamp with time zone NOT NULL,
	CONSTRAINT "charges_pk" PRIMARY KEY("customer_id","id"),
	CONSTRAINT "charges_amount_check" CHECK ("charges"."amount_minor" > 0),
	CONSTRAINT "charges_fee_check" CHECK (("charges"."fee_minor" is null) = ("charges"."fee_currency" is null) and ("charges"."fee_minor" is null) = ("charges"."stripe_balance_transaction_id" is null)),
	CONSTRAINT "charges_polled_check" CHECK (("charges"."fee_minor" is null) = ("charges"."next_poll_at" is not null))
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
	"stripe_customer_id" text,
	"is_house" boolean DEFAULT false NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"closed_at" timestamp with time zone,
	CONSTRAINT "customers_pk" PRIMARY KEY("id"),
	CONSTRAINT "customers_currency_check" CHECK ("customers"."currency" ~ '^[A-Z]{3}$'),
	CONSTRAINT "customers_country_check" CHECK ("customers"."country" ~ '^[A-Z]{2}$'),
	CONSTRAINT "customers_name_check" CHECK (length("customers"."name") between 1 and 200)
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
CREATE TABLE "invoice_lines" (
	"customer_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"invoice_id" uuid NOT NULL,
	"position" integer NOT NULL,
	"kind" text NOT NULL,
	"description" text NOT NULL,
	"quantity" integer NOT NULL,
	"unit_minor" bigint NOT NULL,
	"net_minor" bigint NOT NULL,
	"tax_rate_ppm" integer NOT NULL,
	"tax_minor" bigint NOT NULL,
	"service_id" uuid,
	"plan_id" uuid,
	"renewal_id" uuid,
	"term_unit" text,
	"term_count" integer,
	"term_starts_at" timestamp with time zone,
	"term_ends_at" timestamp with time zone,
	CONSTRAINT "invoice_lines_pk" PRIMARY KEY("customer_id","id"),
	CONSTRAINT "invoice_lines_kind_check" CHECK ("invoice_lines"."kind" in ('order', 'renewal', 'other')),
	CONSTRAINT "invoice_lines_amount_check" CHECK ("invoice_lines"."quantity" > 0 and "invoice_lines"."net_minor" = "invoice_lines"."unit_minor" * "invoice_lines"."quantity"),
	CONSTRAINT "invoice_lines_tax_check" CHECK ("invoice_lines"."tax_rate_ppm" between 0 and 1000000 and "invoice_lines"."tax_minor" >= 0),
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
	"issued_at" timestamp with time zone NOT NULL,
	"due_at" timestamp with time zone NOT NULL,
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
CREATE TABLE "invoice_claims" (
	"customer_id" uuid NOT NULL,
	"invoice_id" uuid NOT NULL,
	"payment_id" uuid NOT NULL,
	CONSTRAINT "invoice_claims_pk" PRIMARY KEY("customer_id","invoice_id")
);
--> statement-breakpoint
CREATE TABLE "payment_shares" (
	"customer_id" uuid NOT NULL,
	"payment_id" uuid NOT NULL,
	"invoice_id" uuid NOT NULL,
	"balance_minor" bigint NOT NULL,
	"card_minor" bigint NOT NULL,
	CONSTRAINT "payment_shares_pk" PRIMARY KEY("customer_id","payment_id","invoice_id"),
	CONSTRAINT "payment_shares_amount_check" CHECK ("payment_shares"."balance_minor" >= 0 and "payment_shares"."card_minor" >= 0)
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
	"excess_minor" bigint DEFAULT 0 NOT NULL,
	"content_hash" text NOT NULL,
	"request_key" text,
	"request" jsonb,
	"user_id" uuid,
	"stripe_session_id" text,
	"stripe_payment_intent_id" text,
	"checkout_url" text,
	"failure_code" text,
	"send_count" integer DEFAULT 0 NOT NULL,
	"first_sent_at" timestamp with time zone,
	"expires_at" timestamp with time zone,
	"poll_count" integer DEFAULT 0 NOT NULL,
	"next_poll_at" timestamp with time zone,
	"created_at" timestamp with time zone NOT NULL,
	"ended_at" timestamp with time zone,
	CONSTRAINT "payments_pk" PRIMARY KEY("customer_id","id"),
	CONSTRAINT "payments_state_check" CHECK ("payments"."state" in ('created', 'sent', 'requires_action', 'processing', 'unknown', 'succeeded', 'failed', 'canceled', 'expired')),
	CONSTRAINT "payments_kind_check" CHECK ("payments"."kind" in ('invoices', 'top_up')),
	CONSTRAINT "payments_origin_check" CHECK ("payments"."origin" in ('customer', 'staff', 'auto')),
	CONSTRAINT "payments_currency_check" CHECK ("payments"."currency" ~ '^[A-Z]{3}$'),
	CONSTRAINT "payments_funding_check" CHECK (case "payments"."funding"
        when 'balance' then "payments"."card_minor" = 0 and "payments"."balance_minor" > 0
        when 'card' then "payments"."card_minor" > 0 and "payments"."balance_minor" = 0
        else "payments"."funding" = 'combined' and "payments"."card_minor" > 0 and "payments"."balance_minor" > 0 end),
	CONSTRAINT "payments_excess_check" CHECK ("payments"."excess_minor" >= 0 and "payments"."excess_minor" <= "payments"."card_minor"),
	CONSTRAINT "payments_request_check" CHECK (("payments"."card_minor" > 0) = ("payments"."request" is not null and "payments"."request_key" is not null)),
	CONSTRAINT "payments_ended_check" CHECK (("payments"."state" in ('succeeded', 'failed', 'canceled', 'expired')) = ("payments"."ended_at" is not null)),
	CONSTRAINT "payments_polled_check" CHECK ("payments"."state" in ('succeeded', 'failed', 'canceled', 'expired') or "payments"."next_poll_at" is not null)
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
	"term_unit" text NOT NULL,
	"term_count" integer NOT NULL,
	"lead_days" integer DEFAULT 7 NOT NULL,
	"grace_days" integer DEFAULT 4 NOT NULL,
	"terminate_days" integer DEFAULT 14 NOT NULL,
	"is_offered" boolean DEFAULT true NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	CONSTRAINT "plans_pk" PRIMARY KEY("id"),
	CONSTRAINT "plans_term_check" CHECK ("plans"."term_unit" in ('day', 'month', 'year') and "plans"."term_count" between 1 and 3660),
	CONSTRAINT "plans_days_check" CHECK ("plans"."lead_days" >= 0 and "plans"."grace_days" >= 0 and "plans"."terminate_days" >= 0),
	CONSTRAINT "plans_lead_check" CHECK ("plans"."lead_days" < "plans"."term_count" * case "plans"."term_unit" when 'day' then 1 when 'month' then 28 else 365 end)
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
CREATE TABLE "renewals" (
	"customer_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"service_id" uuid NOT NULL,
	"term_starts_at" timestamp with time zone NOT NULL,
	"state" text NOT NULL,
	"invoice_id" uuid,
	CONSTRAINT "renewals_pk" PRIMARY KEY("customer_id","id"),
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
	"created_at" timestamp with time zone NOT NULL,
	CONSTRAINT "services_pk" PRIMARY KEY("customer_id","id"),
	CONSTRAINT "services_state_check" CHECK ("services"."state" in ('pending', 'active', 'suspended', 'terminated', 'canceled')),
	CONSTRAINT "services_expires_check" CHECK ("services"."state" not in ('active', 'suspended') or "services"."expires_at" is not null),
	CONSTRAINT "services_anchor_check" CHECK ("services"."anchor_day" is null or "services"."anchor_day" between 1 and 31),
	CONSTRAINT "services_anchored_check" CHECK (("services"."expires_at" is null) = ("services"."anchor_day" is null)),
	CONSTRAINT "services_currency_check" CHECK ("services"."currency" ~ '^[A-Z]{3}$')
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
CREATE TABLE "settings" (
	"key" text NOT NULL,
	"value" jsonb NOT NULL,
	CONSTRAINT "settings_pk" PRIMARY KEY("key")
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
	CONSTRAINT "stripe_objects_kind_check" CHECK ("stripe_objects"."kind" in ('customer', 'checkout_session', 'payment_intent', 'charge', 'refund', 'dispute'))
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
	CONSTRAINT "sessions_pk" PRIMARY KEY("id")
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
CREATE TABLE "tokens" (
	"hash" text NOT NULL,
	"kind" text NOT NULL,
	"user_id" uuid,
	"detail" jsonb,
	"created_at" timestamp with time zone NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"used_at" timestamp with time zone,
	CONSTRAINT "tokens_pk" PRIMARY KEY("hash"),
	CONSTRAINT "tokens_kind_check" CHECK ("tokens"."kind" in ('password_reset', 'first_admin')),
	CONSTRAINT "tokens_user_check" CHECK (("tokens"."kind" = 'first_admin') = ("tokens"."user_id" is null))
);
--> statement-breakpoint
CREATE TABLE "users" (
	"id" uuid NOT NULL,
	"email" text NOT NULL,
	"name" text NOT NULL,
	"password_hash" text,
	"locale" text DEFAULT 'en' NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"disabled_at" timestamp with time zone,
	CONSTRAINT "users_pk" PRIMARY KEY("id"),
	CONSTRAINT "users_email_check" CHECK ("users"."email" = lower("users"."email") and length("users"."email") between 3 and 254)
);
--> statement-breakpoint
ALTER TABLE "activities" ADD CONSTRAINT "activities_customer_fk" FOREIGN KEY ("customer_id") REFERENCES "public"."customers"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "outbox" ADD CONSTRAINT "outbox_customer_fk" FOREIGN KEY ("customer_id") REFERENCES "public"."customers"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tasks" ADD CONSTRAINT "tasks_customer_fk" FOREIGN KEY ("customer_id") REFERENCES "public"."customers"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "balance_checks" ADD CONSTRAINT "balance_checks_balance_fk" FOREIGN KEY ("customer_id","currency") REFERENCES "public"."balances"("customer_id","currency") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "balances" ADD CONSTRAINT "balances_customer_fk" FOREIGN KEY ("customer_id") REFERENCES "public"."customers"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "transfers" ADD CONSTRAINT "transfers_balance_fk" FOREIGN KEY ("customer_id","currency") REFERENCES "public"."balances"("customer_id","currency") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "transfers" ADD CONSTRAINT "transfers_pending_fk" FOREIGN KEY ("customer_id","pending_id") REFERENCES "public"."transfers"("customer_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "transfers" ADD CONSTRAINT "transfers_payment_fk" FOREIGN KEY ("customer_id","payment_id") REFERENCES "public"."payments"("customer_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "transfers" ADD CONSTRAINT "transfers_invoice_fk" FOREIGN KEY ("customer_id","invoice_id") REFERENCES "public"."invoices"("customer_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "transfers" ADD CONSTRAINT "transfers_charge_fk" FOREIGN KEY ("customer_id","charge_id") REFERENCES "public"."charges"("customer_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "charges" ADD CONSTRAINT "charges_payment_fk" FOREIGN KEY ("customer_id","payment_id") REFERENCES "public"."payments"("customer_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "memberships" ADD CONSTRAINT "memberships_customer_fk" FOREIGN KEY ("customer_id") REFERENCES "public"."customers"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "memberships" ADD CONSTRAINT "memberships_user_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "invoice_lines" ADD CONSTRAINT "invoice_lines_invoice_fk" FOREIGN KEY ("customer_id","invoice_id") REFERENCES "public"."invoices"("customer_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "invoice_lines" ADD CONSTRAINT "invoice_lines_service_fk" FOREIGN KEY ("customer_id","service_id") REFERENCES "public"."services"("customer_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "invoice_lines" ADD CONSTRAINT "invoice_lines_renewal_fk" FOREIGN KEY ("customer_id","renewal_id") REFERENCES "public"."renewals"("customer_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "invoice_lines" ADD CONSTRAINT "invoice_lines_plan_fk" FOREIGN KEY ("plan_id") REFERENCES "public"."plans"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "invoice_numbers" ADD CONSTRAINT "invoice_numbers_series_fk" FOREIGN KEY ("series") REFERENCES "public"."invoice_series"("key") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "invoice_numbers" ADD CONSTRAINT "invoice_numbers_invoice_fk" FOREIGN KEY ("customer_id","invoice_id") REFERENCES "public"."invoices"("customer_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "invoices" ADD CONSTRAINT "invoices_customer_fk" FOREIGN KEY ("customer_id") REFERENCES "public"."customers"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "allocations" ADD CONSTRAINT "allocations_payment_fk" FOREIGN KEY ("customer_id","payment_id") REFERENCES "public"."payments"("customer_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "allocations" ADD CONSTRAINT "allocations_invoice_fk" FOREIGN KEY ("customer_id","invoice_id") REFERENCES "public"."invoices"("customer_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "allocations" ADD CONSTRAINT "allocations_transfer_fk" FOREIGN KEY ("customer_id","transfer_id") REFERENCES "public"."transfers"("customer_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "invoice_claims" ADD CONSTRAINT "invoice_claims_invoice_fk" FOREIGN KEY ("customer_id","invoice_id") REFERENCES "public"."invoices"("customer_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "invoice_claims" ADD CONSTRAINT "invoice_claims_share_fk" FOREIGN KEY ("customer_id","payment_id","invoice_id") REFERENCES "public"."payment_shares"("customer_id","payment_id","invoice_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "payment_shares" ADD CONSTRAINT "payment_shares_payment_fk" FOREIGN KEY ("customer_id","payment_id") REFERENCES "public"."payments"("customer_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "payment_shares" ADD CONSTRAINT "payment_shares_invoice_fk" FOREIGN KEY ("customer_id","invoice_id") REFERENCES "public"."invoices"("customer_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "payments" ADD CONSTRAINT "payments_customer_fk" FOREIGN KEY ("customer_id") REFERENCES "public"."customers"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "payments" ADD CONSTRAINT "payments_user_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "plan_prices" ADD CONSTRAINT "plan_prices_plan_fk" FOREIGN KEY ("plan_id") REFERENCES "public"."plans"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "renewals" ADD CONSTRAINT "renewals_service_fk" FOREIGN KEY ("customer_id","service_id") REFERENCES "public"."services"("customer_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "renewals" ADD CONSTRAINT "renewals_invoice_fk" FOREIGN KEY ("customer_id","invoice_id") REFERENCES "public"."invoices"("customer_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "services" ADD CONSTRAINT "services_customer_fk" FOREIGN KEY ("customer_id") REFERENCES "public"."customers"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "services" ADD CONSTRAINT "services_plan_fk" FOREIGN KEY ("plan_id") REFERENCES "public"."plans"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "terms" ADD CONSTRAINT "terms_service_fk" FOREIGN KEY ("customer_id","service_id") REFERENCES "public"."services"("customer_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "terms" ADD CONSTRAINT "terms_line_fk" FOREIGN KEY ("customer_id","invoice_line_id") REFERENCES "public"."invoice_lines"("customer_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "terms" ADD CONSTRAINT "terms_follows_fk" FOREIGN KEY ("customer_id","service_id","follows_at") REFERENCES "public"."terms"("customer_id","service_id","ends_at") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "event_runs" ADD CONSTRAINT "event_runs_event_fk" FOREIGN KEY ("event_id") REFERENCES "public"."stripe_events"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_user_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "staff" ADD CONSTRAINT "staff_user_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tokens" ADD CONSTRAINT "tokens_user_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "activities_subject_idx" ON "activities" USING btree ("customer_id","subject_id","id");--> statement-breakpoint
CREATE INDEX "outbox_waiting_idx" ON "outbox" USING btree ("id") WHERE "outbox"."handled_at" is null;--> statement-breakpoint
CREATE INDEX "tasks_open_idx" ON "tasks" USING btree ("customer_id","kind","subject_id") WHERE "tasks"."done_at" is null;--> statement-breakpoint
CREATE UNIQUE INDEX "transfers_seq_key" ON "transfers" USING btree ("customer_id","currency","seq");--> statement-breakpoint
CREATE UNIQUE INDEX "transfers_pending_key" ON "transfers" USING btree ("customer_id","pending_id") WHERE "transfers"."pending_id" is not null;--> statement-breakpoint
CREATE INDEX "transfers_payment_idx" ON "transfers" USING btree ("customer_id","payment_id") WHERE "transfers"."payment_id" is not null;--> statement-breakpoint
CREATE INDEX "transfers_invoice_idx" ON "transfers" USING btree ("customer_id","invoice_id") WHERE "transfers"."invoice_id" is not null;--> statement-breakpoint
CREATE INDEX "transfers_charge_idx" ON "transfers" USING btree ("customer_id","charge_id") WHERE "transfers"."charge_id" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "charges_stripe_key" ON "charges" USING btree ("customer_id","stripe_charge_id");--> statement-breakpoint
CREATE INDEX "charges_payment_idx" ON "charges" USING btree ("customer_id","payment_id");--> statement-breakpoint
CREATE INDEX "charges_poll_idx" ON "charges" USING btree ("next_poll_at") WHERE "charges"."next_poll_at" is not null;--> statement-breakpoint
CREATE INDEX "customers_reference_idx" ON "customers" USING btree ("reference");--> statement-breakpoint
CREATE INDEX "customers_email_idx" ON "customers" USING btree ("email");--> statement-breakpoint
CREATE INDEX "memberships_user_idx" ON "memberships" USING btree ("user_id");--> statement-breakpoint
CREATE UNIQUE INDEX "invoice_lines_position_key" ON "invoice_lines" USING btree ("customer_id","invoice_id","position");--> statement-breakpoint
CREATE INDEX "invoice_lines_service_idx" ON "invoice_lines" USING btree ("customer_id","service_id") WHERE "invoice_lines"."service_id" is not null;--> statement-breakpoint
CREATE INDEX "invoice_lines_renewal_idx" ON "invoice_lines" USING btree ("customer_id","renewal_id") WHERE "invoice_lines"."renewal_id" is not null;--> statement-breakpoint
CREATE INDEX "invoice_lines_plan_idx" ON "invoice_lines" USING btree ("plan_id") WHERE "invoice_lines"."plan_id" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "invoice_numbers_invoice_key" ON "invoice_numbers" USING btree ("customer_id","invoice_id");--> statement-breakpoint
CREATE UNIQUE INDEX "invoices_number_key" ON "invoices" USING btree ("customer_id","number");--> statement-breakpoint
CREATE INDEX "invoices_issued_idx" ON "invoices" USING btree ("customer_id","issued_at" DESC NULLS LAST,"id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "invoices_open_idx" ON "invoices" USING btree ("customer_id","due_at","id") WHERE "invoices"."state" = 'open';--> statement-breakpoint
CREATE UNIQUE INDEX "allocations_transfer_key" ON "allocations" USING btree ("customer_id","transfer_id");--> statement-breakpoint
CREATE INDEX "allocations_payment_idx" ON "allocations" USING btree ("customer_id","payment_id");--> statement-breakpoint
CREATE INDEX "allocations_invoice_idx" ON "allocations" USING btree ("customer_id","invoice_id");--> statement-breakpoint
CREATE INDEX "invoice_claims_payment_idx" ON "invoice_claims" USING btree ("customer_id","payment_id","invoice_id");--> statement-breakpoint
CREATE INDEX "payment_shares_invoice_idx" ON "payment_shares" USING btree ("customer_id","invoice_id");--> statement-breakpoint
CREATE INDEX "payments_created_idx" ON "payments" USING btree ("customer_id","created_at" DESC NULLS LAST,"id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "payments_poll_idx" ON "payments" USING btree ("next_poll_at") WHERE "payments"."next_poll_at" is not null;--> statement-breakpoint
CREATE INDEX "payments_open_idx" ON "payments" USING btree ("customer_id","id") WHERE "payments"."state" in ('created', 'sent', 'requires_action', 'processing', 'unknown');--> statement-breakpoint
CREATE INDEX "payments_user_idx" ON "payments" USING btree ("user_id") WHERE "payments"."user_id" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "plans_key_key" ON "plans" USING btree ("key");--> statement-breakpoint
CREATE UNIQUE INDEX "renewals_term_key" ON "renewals" USING btree ("customer_id","service_id","term_starts_at");--> statement-breakpoint
CREATE INDEX "renewals_invoice_idx" ON "renewals" USING btree ("customer_id","invoice_id") WHERE "renewals"."invoice_id" is not null;--> statement-breakpoint
CREATE INDEX "services_plan_idx" ON "services" USING btree ("plan_id");--> statement-breakpoint
CREATE INDEX "services_expires_idx" ON "services" USING btree ("customer_id","expires_at","id");--> statement-breakpoint
CREATE UNIQUE INDEX "terms_starts_key" ON "terms" USING btree ("customer_id","service_id","starts_at");--> statement-breakpoint
CREATE UNIQUE INDEX "terms_line_key" ON "terms" USING btree ("customer_id","invoice_line_id");--> statement-breakpoint
CREATE INDEX "event_runs_waiting_idx" ON "event_runs" USING btree ("next_attempt_at") WHERE "event_runs"."state" = 'waiting';--> statement-breakpoint
CREATE INDEX "sessions_user_idx" ON "sessions" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "tokens_user_idx" ON "tokens" USING btree ("user_id");--> statement-breakpoint
CREATE UNIQUE INDEX "users_email_key" ON "users" USING btree ("email");