-- Who may do what. Three roles without a login of their own: every process connects as the owner of the
-- database and takes one of them at once, with the startup parameter "role" (db/client.ts).
--   mallard_app    customers' pages: sees the rows of one customer, the one named for the transaction
--   mallard_jobs   worker and webhook: all customers
--   mallard_staff  the staff section: all customers
DO $$
DECLARE
  role_name text;
BEGIN
  FOREACH role_name IN ARRAY ARRAY['mallard_app', 'mallard_jobs', 'mallard_staff'] LOOP
    BEGIN
      EXECUTE format('CREATE ROLE %I NOLOGIN', role_name);
    EXCEPTION WHEN duplicate_object OR unique_violation THEN
      NULL; -- Roles belong to the cluster: another database of it has made them.
    END;
    -- Since PostgreSQL 16 whoever makes a role may give it away, but not take it, unless it is given to them too.
    BEGIN
      EXECUTE format('GRANT %I TO %I', role_name, current_user);
    EXCEPTION WHEN insufficient_privilege THEN
      IF NOT pg_has_role(current_user, role_name, 'MEMBER') THEN RAISE; END IF;
    END;
  END LOOP;
END $$;
--> statement-breakpoint
GRANT USAGE ON SCHEMA public TO mallard_app, mallard_jobs, mallard_staff;
--> statement-breakpoint
-- Row level security on every table of a customer's data.
DO $$
DECLARE
  table_name text;
BEGIN
  FOR table_name IN
    SELECT c.relname FROM pg_class c
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'customer_id' AND NOT a.attisdropped
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
      AND c.relname NOT IN ('invoice_numbers', 'stripe_objects', 'memberships')
  LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', table_name);
    EXECUTE format(
      'CREATE POLICY %I ON %I TO mallard_app USING (customer_id = nullif(current_setting(''mallard.customer'', true), '''')::uuid)',
      table_name || '_own', table_name);
    EXECUTE format('CREATE POLICY %I ON %I TO mallard_jobs, mallard_staff USING (true)', table_name || '_all', table_name);
    EXECUTE format('GRANT SELECT ON %I TO mallard_jobs, mallard_staff', table_name);
  END LOOP;
END $$;
--> statement-breakpoint
ALTER TABLE customers ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY customers_own ON customers TO mallard_app USING (id = nullif(current_setting('mallard.customer', true), '')::uuid);
--> statement-breakpoint
CREATE POLICY customers_all ON customers TO mallard_jobs, mallard_staff USING (true);
--> statement-breakpoint
ALTER TABLE memberships ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
-- A signed-in user finds the customers they belong to before one of them is chosen.
CREATE POLICY memberships_own ON memberships TO mallard_app USING (
  customer_id = nullif(current_setting('mallard.customer', true), '')::uuid
  OR user_id = nullif(current_setting('mallard.user', true), '')::uuid
);
--> statement-breakpoint
CREATE POLICY memberships_all ON memberships TO mallard_jobs, mallard_staff USING (true);
--> statement-breakpoint
GRANT SELECT ON customers, memberships TO mallard_app, mallard_jobs, mallard_staff;
--> statement-breakpoint
GRANT SELECT ON balances, transfers, invoices, invoice_lines, payments, payment_shares, invoice_claims,
  allocations, charges, services, terms, renewals, activities, outbox, tasks TO mallard_app;
--> statement-breakpoint
-- Added, never changed: no role has UPDATE or DELETE on these.
GRANT INSERT ON transfers, allocations, payment_shares, activities TO mallard_app, mallard_jobs, mallard_staff;
--> statement-breakpoint
GRANT INSERT ON balances, invoices, invoice_lines, payments, invoice_claims, charges, services, terms, renewals,
  outbox, tasks TO mallard_app, mallard_jobs, mallard_staff;
--> statement-breakpoint
GRANT UPDATE (posted_minor, held_minor, seq) ON balances TO mallard_app, mallard_jobs, mallard_staff;
--> statement-breakpoint
GRANT UPDATE (state, number, amount_paid_minor, amount_credited_minor, paid_at) ON invoices TO mallard_app, mallard_jobs, mallard_staff;
--> statement-breakpoint
GRANT UPDATE (state, stripe_session_id, stripe_payment_intent_id, checkout_url, failure_code, send_count,
  first_sent_at, expires_at, poll_count, next_poll_at, ended_at) ON payments TO mallard_app, mallard_jobs, mallard_staff;
--> statement-breakpoint
GRANT UPDATE (stripe_balance_transaction_id, fee_minor, fee_currency, next_poll_at) ON charges TO mallard_app, mallard_jobs, mallard_staff;
--> statement-breakpoint
GRANT UPDATE (state, is_auto_renew, anchor_day, expires_at) ON services TO mallard_app, mallard_jobs, mallard_staff;
--> statement-breakpoint
GRANT UPDATE (state, invoice_id) ON renewals TO mallard_app, mallard_jobs, mallard_staff;
--> statement-breakpoint
GRANT DELETE ON invoice_claims TO mallard_app, mallard_jobs, mallard_staff;
--> statement-breakpoint
GRANT UPDATE (name, email, locale, stripe_customer_id) ON customers TO mallard_app, mallard_jobs, mallard_staff;
--> statement-breakpoint
GRANT INSERT ON customers, memberships TO mallard_staff;
--> statement-breakpoint
GRANT UPDATE (closed_at) ON customers TO mallard_staff;
--> statement-breakpoint
GRANT UPDATE (handled_at) ON outbox TO mallard_jobs;
--> statement-breakpoint
GRANT UPDATE (done_at) ON tasks TO mallard_jobs, mallard_staff;
--> statement-breakpoint
GRANT INSERT, UPDATE ON balance_checks TO mallard_jobs;
--> statement-breakpoint
-- House tables.
GRANT SELECT ON users, staff, sessions, tokens, plans, plan_prices, tax_rates, settings, invoice_series
  TO mallard_app, mallard_jobs, mallard_staff;
--> statement-breakpoint
GRANT INSERT ON sessions, tokens TO mallard_app, mallard_staff;
--> statement-breakpoint
GRANT UPDATE (last_seen_at, revoked_at) ON sessions TO mallard_app, mallard_staff;
--> statement-breakpoint
GRANT UPDATE (used_at) ON tokens TO mallard_app, mallard_staff;
--> statement-breakpoint
GRANT UPDATE (name, password_hash, locale) ON users TO mallard_app, mallard_staff;
--> statement-breakpoint
GRANT INSERT ON users, staff TO mallard_staff;
--> statement-breakpoint
GRANT UPDATE (role, disabled_at) ON staff TO mallard_staff;
--> statement-breakpoint
GRANT UPDATE (disabled_at) ON users TO mallard_staff;
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON sign_in_attempts TO mallard_app, mallard_staff;
--> statement-breakpoint
GRANT INSERT, UPDATE ON plans, plan_prices, tax_rates, settings TO mallard_staff;
--> statement-breakpoint
GRANT INSERT, UPDATE (last_number) ON invoice_series TO mallard_app, mallard_jobs, mallard_staff;
--> statement-breakpoint
-- The registries keep ids unique over all customers; the application only adds to them.
GRANT INSERT ON invoice_numbers, stripe_objects TO mallard_app, mallard_jobs, mallard_staff;
--> statement-breakpoint
GRANT SELECT ON invoice_numbers, stripe_objects TO mallard_jobs, mallard_staff;
--> statement-breakpoint
GRANT SELECT, INSERT ON stripe_events, event_runs TO mallard_jobs, mallard_staff;
--> statement-breakpoint
GRANT UPDATE (state, attempts, next_attempt_at, reason, updated_at) ON event_runs TO mallard_jobs, mallard_staff;
--> statement-breakpoint
-- A transfer is written before the rows it names, within one transaction.
ALTER TABLE transfers ALTER CONSTRAINT transfers_payment_fk DEFERRABLE INITIALLY DEFERRED;
--> statement-breakpoint
ALTER TABLE transfers ALTER CONSTRAINT transfers_invoice_fk DEFERRABLE INITIALLY DEFERRED;
--> statement-breakpoint
ALTER TABLE transfers ALTER CONSTRAINT transfers_charge_fk DEFERRABLE INITIALLY DEFERRED;
--> statement-breakpoint
-- One statement's promise to the next: raises when rows that were expected to change did not.
CREATE FUNCTION assert_rows(what text, actual bigint, expected bigint) RETURNS void LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  IF actual <> expected THEN
    RAISE EXCEPTION 'expected % rows of %, changed %', expected, what, actual USING ERRCODE = 'data_exception';
  END IF;
END $$;
