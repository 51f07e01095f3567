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
ALTER TABLE "customers" ADD COLUMN "address" text;--> statement-breakpoint
ALTER TABLE "customers" ADD COLUMN "tax_id" text;--> statement-breakpoint
ALTER TABLE "customers" ADD COLUMN "invoice_recipients" text[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "invitations" ADD CONSTRAINT "invitations_customer_fk" FOREIGN KEY ("customer_id") REFERENCES "public"."customers"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "invitations" ADD CONSTRAINT "invitations_user_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "invitations_user_idx" ON "invitations" USING btree ("user_id");--> statement-breakpoint
CREATE UNIQUE INDEX "invitations_token_key" ON "invitations" USING btree ("customer_id","token_hash");--> statement-breakpoint
CREATE UNIQUE INDEX "invitations_open_key" ON "invitations" USING btree ("customer_id","email") WHERE "invitations"."accepted_at" is null and "invitations"."withdrawn_at" is null;--> statement-breakpoint
ALTER TABLE "customers" ADD CONSTRAINT "customers_address_check" CHECK (length("customers"."address") between 1 and 500);--> statement-breakpoint
ALTER TABLE "customers" ADD CONSTRAINT "customers_tax_id_check" CHECK (length("customers"."tax_id") between 1 and 40);--> statement-breakpoint
ALTER TABLE "customers" ADD CONSTRAINT "customers_invoice_recipients_check" CHECK (cardinality("customers"."invoice_recipients") <= 10);
--> statement-breakpoint
GRANT UPDATE (address, tax_id, invoice_recipients) ON customers TO mallard_app;
--> statement-breakpoint
ALTER TABLE invitations ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY invitations_own ON invitations TO mallard_app USING (customer_id = nullif(current_setting('mallard.customer', true), '')::uuid);
--> statement-breakpoint
CREATE POLICY invitations_all ON invitations TO mallard_jobs, mallard_staff USING (true);
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE (accepted_at, withdrawn_at) ON invitations TO mallard_app;
--> statement-breakpoint
GRANT SELECT ON invitations TO mallard_jobs, mallard_staff;
--> statement-breakpoint
-- Members are now changed by customers' own pages. A user's scope still shows where they belong, but writes nothing:
-- what is added or changed must be of the customer that the transaction names.
ALTER POLICY memberships_own ON memberships WITH CHECK (customer_id = nullif(current_setting('mallard.customer', true), '')::uuid);
--> statement-breakpoint
GRANT INSERT, UPDATE (role), DELETE ON memberships TO mallard_app;
--> statement-breakpoint
-- Who is invited and has no login yet makes one.
GRANT INSERT ON users TO mallard_app;
--> statement-breakpoint
-- No role writes the hash of a password that is there: users have no row level security, so a grant on the column is
-- one on everybody's. A hash changes in two ways alone, each of one user, on proof, and never with their other
-- sessions left open: by whoever names the hash that it leaves, and by a token that is spent with it.
REVOKE UPDATE (password_hash) ON users FROM mallard_app, mallard_staff;
--> statement-breakpoint
CREATE FUNCTION change_password(of_user uuid, from_hash text, to_hash text, kept_session uuid, now_at timestamptz) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE public.users SET password_hash = to_hash
  WHERE id = of_user AND password_hash = from_hash AND disabled_at IS NULL;
  IF NOT FOUND THEN RETURN false; END IF;
  UPDATE public.sessions SET revoked_at = now_at
  WHERE user_id = of_user AND id IS DISTINCT FROM kept_session AND revoked_at IS NULL;
  UPDATE public.tokens SET used_at = now_at WHERE user_id = of_user AND used_at IS NULL;
  RETURN true;
END $$;
--> statement-breakpoint
CREATE FUNCTION reset_password(by_token text, to_hash text, now_at timestamptz) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  of_user uuid;
BEGIN
  UPDATE public.tokens SET used_at = now_at
  WHERE hash = by_token AND kind = 'password_reset' AND used_at IS NULL AND expires_at > now_at
  RETURNING user_id INTO of_user;
  IF NOT FOUND THEN RETURN false; END IF;
  UPDATE public.users SET password_hash = to_hash WHERE id = of_user AND disabled_at IS NULL;
  IF NOT FOUND THEN RETURN false; END IF;
  UPDATE public.sessions SET revoked_at = now_at WHERE user_id = of_user AND revoked_at IS NULL;
  UPDATE public.tokens SET used_at = now_at WHERE user_id = of_user AND used_at IS NULL;
  RETURN true;
END $$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION change_password(uuid, text, text, uuid, timestamptz) FROM PUBLIC;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION reset_password(text, text, timestamptz) FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION change_password(uuid, text, text, uuid, timestamptz), reset_password(text, text, timestamptz) TO mallard_app;
