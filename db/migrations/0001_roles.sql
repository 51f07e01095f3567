-- Who may do what. Three roles; processes take one of them at once, with the startup parameter "role" (db/client.ts),
-- from a login that may be nothing else (db/logins.ts) or, where the server allows none, from the owner's.
--   mallard_app    customers' pages: sees the rows of one customer, the one named for the transaction
--   mallard_jobs   worker and webhook: all customers
--   mallard_staff  the staff section: all customers
DO $$
DECLARE
  role_name text;
BEGIN
  FOREACH role_name IN ARRAY ARRAY['mallard_app', 'mallard_jobs', 'mallard_staff'] LOOP
    -- Roles belong to the cluster: another database of it has made them, or whoever runs it, for an owner who may make none.
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role_name) THEN
      BEGIN
        EXECUTE format('CREATE ROLE %I NOLOGIN', role_name);
      EXCEPTION WHEN duplicate_object OR unique_violation THEN
        NULL; -- By another one at the same time.
      END;
    END IF;
    -- Since PostgreSQL 16 whoever makes a role may give it away, but not take it, unless it is given to them too. It is
    -- taken and not inherited: the policies of a role hold for all who inherit from it.
    BEGIN
      EXECUTE format('GRANT %I TO %I', role_name, current_user) || CASE
        WHEN current_setting('server_version_num')::int >= 160000 THEN ' WITH INHERIT FALSE, SET TRUE' ELSE '' END;
    EXCEPTION WHEN insufficient_privilege THEN
      IF NOT pg_has_role(current_user, role_name, 'MEMBER') THEN RAISE; END IF;
    END;
  END LOOP;
END $$;
--> statement-breakpoint
GRANT USAGE ON SCHEMA public TO mallard_app, mallard_jobs, mallard_staff;
--> statement-breakpoint
-- Row level security on every table of a customer's data. Jobs and staff may read all of it; what they and a
-- customer's own pages may write is granted below, table by table. It holds for the owner too, unless they say that they
-- act as the owner (mallard.owner): a connection that lost its role on the way sees nothing.
DO $$
DECLARE
  table_name text;
BEGIN
  FOR table_name IN
    SELECT c.relname FROM pg_class c
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'customer_id' AND NOT a.attisdropped
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
      AND c.relname NOT IN ('invoice_numbers', 'credit_note_numbers', 'stripe_objects', 'memberships')
  LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', table_name);
    EXECUTE format(
      'CREATE POLICY %I ON %I TO mallard_app USING (customer_id = nullif(current_setting(''mallard.customer'', true), '''')::uuid)',
      table_name || '_own', table_name);
    EXECUTE format('CREATE POLICY %I ON %I TO mallard_jobs, mallard_staff USING (true)', table_name || '_all', table_name);
  END LOOP;
  FOR table_name IN
    SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace
      AND (relrowsecurity OR relname IN ('customers', 'memberships'))
  LOOP
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', table_name);
    EXECUTE format('CREATE POLICY %I ON %I TO %I USING (current_setting(''mallard.owner'', true) = ''on'')',
      table_name || '_owner', table_name, current_user);
  END LOOP;
END $$;
--> statement-breakpoint
ALTER TABLE customers ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY customers_own ON customers TO mallard_app USING (id = nullif(current_setting('mallard.customer', true), '')::uuid);
--> statement-breakpoint
CREATE POLICY customers_all ON customers TO mallard_jobs, mallard_staff USING (true);
--> statement-breakpoint
-- The nightly reconciliation asks staff about what belongs to no customer, on the house's own customer. The job that
-- needs it first makes it; jobs make no other.
CREATE POLICY customers_house_only ON customers AS RESTRICTIVE FOR INSERT TO mallard_jobs WITH CHECK (is_house);
--> statement-breakpoint
ALTER TABLE memberships ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
-- Signed-in users see the customers they belong to before they choose one. They write only for the chosen one.
CREATE POLICY memberships_own ON memberships TO mallard_app USING (
  customer_id = nullif(current_setting('mallard.customer', true), '')::uuid
  OR user_id = nullif(current_setting('mallard.user', true), '')::uuid
) WITH CHECK (customer_id = nullif(current_setting('mallard.customer', true), '')::uuid);
--> statement-breakpoint
CREATE POLICY memberships_all ON memberships TO mallard_jobs, mallard_staff USING (true);
--> statement-breakpoint
-- What customers may read of their own, jobs and staff of everybody's.
GRANT SELECT ON balances, transfers, invoices, invoice_lines, payments, payment_shares, invoice_claims, allocations,
  charges, services, terms, renewals, plan_changes, activities, outbox, tasks, credit_notes, refunds, disputes, dispute_movements,
  bank_receipts, pay_links, mailed_pay_links, mailed_pay_link_invoices, payment_methods, auto_charges, auto_top_ups, charge_consents, notices, notice_failures, reminders,
  customers, memberships TO mallard_app, mallard_jobs, mallard_staff;
--> statement-breakpoint
-- What is the host's alone.
GRANT SELECT ON balance_checks, webhook_deliveries TO mallard_jobs, mallard_staff;
--> statement-breakpoint
-- Drafts are the host's until they are issued; jobs never see them.
GRANT SELECT, INSERT, DELETE, UPDATE (version, due_days, note, lines, user_id, updated_at) ON invoice_drafts TO
  mallard_staff;
--> statement-breakpoint
-- What staff say of a payment is theirs; a proposal is decided once, and nothing else of it changes.
GRANT SELECT, INSERT, UPDATE (decision, decided_by, decided_at) ON payment_rulings TO mallard_staff;
--> statement-breakpoint
-- What customers agreed to: added by them, changed by nobody.
GRANT INSERT ON charge_consents TO mallard_app;
--> statement-breakpoint
-- Money and its record. Rows are added and never changed: no role has UPDATE or DELETE on these.
GRANT INSERT ON transfers, allocations, payment_shares, activities, plan_changes, invoice_lines, reminders TO
  mallard_app, mallard_jobs, mallard_staff;
--> statement-breakpoint
-- What a decision writes: added by all, changed in the columns named here.
GRANT INSERT ON balances, invoices, payments, invoice_claims, charges, services, terms, renewals, credit_notes,
  outbox, tasks TO mallard_app, mallard_jobs, mallard_staff;
--> statement-breakpoint
GRANT UPDATE (posted_minor, held_minor, seq) ON balances TO mallard_app, mallard_jobs, mallard_staff;
--> statement-breakpoint
GRANT UPDATE (state, number, amount_paid_minor, amount_credited_minor, paid_at) ON invoices TO mallard_app,
  mallard_jobs, mallard_staff;
--> statement-breakpoint
GRANT UPDATE (state, stripe_session_id, stripe_payment_intent_id, checkout_url, failure_code, send_count,
  first_sent_at, expires_at, poll_count, next_poll_at, ended_at) ON payments TO mallard_app, mallard_jobs,
  mallard_staff;
--> statement-breakpoint
-- Why a card was declined; and what is asked of Stripe anew, where it refused the first time for a customer that is gone; and looks that ended in a fault.
GRANT UPDATE (decline, request, request_key, poll_faults) ON payments TO mallard_jobs;
--> statement-breakpoint
GRANT DELETE ON invoice_claims TO mallard_app, mallard_jobs, mallard_staff;
--> statement-breakpoint
GRANT UPDATE (stripe_balance_transaction_id, fee_minor, fee_currency, next_poll_at) ON charges TO mallard_app,
  mallard_jobs, mallard_staff;
--> statement-breakpoint
GRANT UPDATE (number) ON credit_notes TO mallard_app, mallard_jobs, mallard_staff;
--> statement-breakpoint
GRANT UPDATE (state, plan_id, next_plan_id, next_plan_at, is_auto_renew, anchor_day, expires_at,
  cancel_requested_at, suspended_at) ON services TO mallard_app, mallard_jobs, mallard_staff;
--> statement-breakpoint
GRANT UPDATE (suspension_hold_until) ON services TO mallard_staff;
--> statement-breakpoint
GRANT UPDATE (state, invoice_id, due_on, was_declined) ON renewals TO mallard_app, mallard_jobs, mallard_staff;
--> statement-breakpoint
GRANT UPDATE (own_grace_days) ON renewals TO mallard_app;
--> statement-breakpoint
GRANT UPDATE (deferred_until) ON renewals TO mallard_jobs;
--> statement-breakpoint
-- Staff send a mail once more: its row of the outbox is open again, and its notice waits.
GRANT UPDATE (handled_at, faults) ON outbox TO mallard_jobs, mallard_staff;
--> statement-breakpoint
GRANT UPDATE (told_by, claimed_until, remind_on) ON outbox TO mallard_jobs;
--> statement-breakpoint
GRANT UPDATE (done_at) ON tasks TO mallard_jobs, mallard_staff;
--> statement-breakpoint
GRANT INSERT, UPDATE ON balance_checks, book_checks, job_runs TO mallard_jobs;
--> statement-breakpoint
GRANT SELECT ON book_checks, job_runs TO mallard_jobs, mallard_staff;
--> statement-breakpoint
-- Papers are kept as they were first drawn, and never changed.
GRANT SELECT, INSERT ON papers, receipt_numbers TO mallard_app, mallard_jobs, mallard_staff;
--> statement-breakpoint
-- Money that goes back: staff ask for it, jobs follow what Stripe says of it.
GRANT INSERT ON refunds TO mallard_jobs, mallard_staff;
--> statement-breakpoint
GRANT UPDATE (state, stripe_refund_id, failure_code, pending_reason, told_at, send_count, first_sent_at, poll_count, next_poll_at,
  stripe_balance_transaction_id, settled_minor, settled_currency, booked_at, ended_at) ON refunds TO mallard_jobs;
--> statement-breakpoint
GRANT INSERT, UPDATE (state, is_inquiry, amount_minor, reason, evidence_due_at, withdrawn_at, reinstated_at,
  fee_minor, fee_currency, lost_unmoved_at, poll_count, next_poll_at, ended_at) ON disputes TO mallard_jobs;
--> statement-breakpoint
GRANT INSERT ON dispute_movements TO mallard_jobs;
--> statement-breakpoint
-- Staff say that what is with the bank is lost, where Stripe's word alone does not decide it.
GRANT UPDATE (loss_agreed_at) ON disputes TO mallard_staff;
--> statement-breakpoint
-- Bank transfers are recorded by staff.
GRANT INSERT, UPDATE (assigned_at, returned_at) ON bank_receipts TO mallard_staff;
--> statement-breakpoint
GRANT INSERT ON bank_receipt_keys TO mallard_staff;
--> statement-breakpoint
GRANT SELECT ON bank_receipt_keys TO mallard_jobs, mallard_staff;
--> statement-breakpoint
-- Cards are saved by what Stripe tells a job; customers choose among them.
GRANT UPDATE (is_default) ON payment_methods TO mallard_app;
--> statement-breakpoint
GRANT INSERT, UPDATE (fingerprint, brand, last4, exp_month, exp_year, is_default, detached_at, lost_with_customer) ON payment_methods TO
  mallard_jobs;
--> statement-breakpoint
GRANT INSERT, UPDATE (payment_method_id, pays_invoices, stopped_at, stopped_code, user_id, changed_at) ON
  auto_charges TO mallard_app;
--> statement-breakpoint
GRANT UPDATE (payment_method_id, stopped_at, stopped_code) ON auto_charges TO mallard_jobs;
--> statement-breakpoint
GRANT INSERT, UPDATE (is_on, threshold_minor, amount_minor, monthly_cap_minor, user_id, changed_at) ON auto_top_ups
  TO mallard_app;
--> statement-breakpoint
-- Staff who send balance back turn it off with that.
GRANT UPDATE (is_on, changed_at) ON auto_top_ups TO mallard_staff;
--> statement-breakpoint
GRANT INSERT, UPDATE (generation, revoked_at) ON pay_links TO mallard_app, mallard_staff;
--> statement-breakpoint
-- What the button of a mail pays is written by who sends the mail, and never changed.
GRANT INSERT ON mailed_pay_links, mailed_pay_link_invoices TO mallard_jobs;
--> statement-breakpoint
-- The inbox and its mails.
GRANT INSERT, UPDATE (subject, body, link, state, attempts, copies, shortfalls, sent_at) ON notices TO mallard_jobs;
--> statement-breakpoint
GRANT UPDATE (read_at) ON notices TO mallard_app;
--> statement-breakpoint
GRANT UPDATE (state, sending) ON notices TO mallard_staff;
--> statement-breakpoint
GRANT INSERT, UPDATE (kind, reason, noted_at) ON notice_failures TO mallard_jobs;
--> statement-breakpoint
-- Events to the host's own systems.
GRANT INSERT, UPDATE (state, attempts, next_attempt_at, last_attempt_at, answer_status, failure_code, delivered_at)
  ON webhook_deliveries TO mallard_jobs;
--> statement-breakpoint
GRANT UPDATE (state, attempts, next_attempt_at) ON webhook_deliveries TO mallard_staff;
--> statement-breakpoint
GRANT INSERT, UPDATE (note, disabled_at, sealed_secret) ON webhook_endpoints TO mallard_staff;
--> statement-breakpoint
-- Sealed again by the key of now, where the one before sealed it.
GRANT UPDATE (sealed_secret) ON webhook_endpoints TO mallard_jobs;
--> statement-breakpoint
-- Customers and their members.
GRANT UPDATE (name, email, locale, stripe_customer_id) ON customers TO mallard_app, mallard_jobs, mallard_staff;
--> statement-breakpoint
GRANT UPDATE (stripe_name, stripe_email) ON customers TO mallard_app, mallard_jobs;
--> statement-breakpoint
GRANT UPDATE (stripe_customers_lost, stripe_update_at) ON customers TO mallard_jobs;
--> statement-breakpoint
GRANT UPDATE (address, tax_id, invoice_recipients) ON customers TO mallard_app;
--> statement-breakpoint
GRANT INSERT, UPDATE (closed_at) ON customers TO mallard_staff;
--> statement-breakpoint
GRANT INSERT (id, reference, name, email, country, currency, is_house, created_at) ON customers TO mallard_jobs;
--> statement-breakpoint
GRANT INSERT, UPDATE (role), DELETE ON memberships TO mallard_app;
--> statement-breakpoint
GRANT INSERT ON memberships TO mallard_staff;
--> statement-breakpoint
GRANT INSERT, UPDATE (accepted_at, withdrawn_at) ON invitations TO mallard_app;
--> statement-breakpoint
-- House tables.
GRANT SELECT ON staff, sessions, plans, plan_prices, tax_rates, settings, invoice_series TO
  mallard_app, mallard_jobs, mallard_staff;
--> statement-breakpoint
-- What signs in, invites or signs is read by the role that checks or signs with it, and by no other: signing in asks for
-- the hash of a password as mallard_app, a link is found by its hash, and jobs sign what goes to an endpoint.
GRANT SELECT ON users, invitations TO mallard_app;
--> statement-breakpoint
GRANT SELECT ON tokens TO mallard_app, mallard_staff;
--> statement-breakpoint
GRANT SELECT ON webhook_endpoints TO mallard_jobs;
--> statement-breakpoint
DO $$
DECLARE
  kept record;
BEGIN
  FOR kept IN
    SELECT t.name, t.roles, string_agg(quote_ident(a.attname), ', ') AS others
    FROM (VALUES ('users', 'password_hash', 'mallard_jobs, mallard_staff'),
      ('invitations', 'token_hash', 'mallard_jobs, mallard_staff'),
      ('webhook_endpoints', 'sealed_secret', 'mallard_staff')) AS t(name, secret, roles)
    JOIN pg_attribute a ON a.attrelid = format('public.%I', t.name)::regclass AND a.attnum > 0
      AND NOT a.attisdropped AND a.attname <> t.secret
    GROUP BY t.name, t.roles
  LOOP
    EXECUTE format('GRANT SELECT (%s) ON %I TO %s', kept.others, kept.name, kept.roles);
  END LOOP;
END $$;
--> statement-breakpoint
GRANT INSERT ON users TO mallard_app, mallard_staff;
--> statement-breakpoint
GRANT UPDATE (name, locale) ON users TO mallard_app, mallard_staff;
--> statement-breakpoint
GRANT UPDATE (disabled_at) ON users TO mallard_staff;
--> statement-breakpoint
GRANT INSERT, UPDATE (role, disabled_at) ON staff TO mallard_staff;
--> statement-breakpoint
GRANT INSERT, UPDATE (last_seen_at, revoked_at) ON sessions TO mallard_app, mallard_staff;
--> statement-breakpoint
GRANT INSERT, UPDATE (used_at) ON tokens TO mallard_app, mallard_staff;
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON sign_in_attempts TO mallard_app, mallard_staff;
--> statement-breakpoint
-- What people are written about their logins: the worker sends it, and makes the token of a forgotten password.
GRANT INSERT ON login_mails TO mallard_app, mallard_staff;
--> statement-breakpoint
GRANT SELECT, UPDATE (state, attempts, next_attempt_at) ON login_mails TO mallard_jobs;
--> statement-breakpoint
-- Staff see those that no mail server took, and ask for them again.
GRANT SELECT (id, kind, email, state, attempts, created_at), UPDATE (state, attempts, next_attempt_at) ON login_mails TO mallard_staff;
--> statement-breakpoint
GRANT SELECT, INSERT ON tokens TO mallard_jobs;
--> statement-breakpoint
GRANT INSERT, UPDATE ON plans, plan_prices, tax_rates, settings TO mallard_staff;
--> statement-breakpoint
GRANT INSERT, UPDATE (last_number) ON invoice_series TO mallard_app, mallard_jobs, mallard_staff;
--> statement-breakpoint
GRANT SELECT ON renewal_runs, renewal_requests TO mallard_jobs, mallard_staff;
--> statement-breakpoint
GRANT INSERT, UPDATE (updated_at, ended_at, due, issued, paid, short, parked) ON renewal_runs TO mallard_jobs;
--> statement-breakpoint
GRANT INSERT ON renewal_requests TO mallard_staff;
--> statement-breakpoint
GRANT UPDATE (started_at, run_id, ended_at, covered, failure) ON renewal_requests TO mallard_jobs;
--> statement-breakpoint
-- The registries keep ids unique over all customers. They are only added to.
GRANT INSERT ON invoice_numbers, credit_note_numbers, stripe_objects TO mallard_app, mallard_jobs, mallard_staff;
--> statement-breakpoint
GRANT SELECT ON invoice_numbers, credit_note_numbers, stripe_objects TO mallard_jobs, mallard_staff;
--> statement-breakpoint
GRANT SELECT, INSERT ON stripe_events, event_runs TO mallard_jobs, mallard_staff;
--> statement-breakpoint
GRANT UPDATE (state, attempts, next_attempt_at, reason, updated_at) ON event_runs TO mallard_jobs, mallard_staff;
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE ON event_readings TO mallard_jobs;
--> statement-breakpoint
GRANT INSERT, UPDATE ON stripe_checks TO mallard_jobs;
--> statement-breakpoint
GRANT SELECT, INSERT ON stripe_accounts TO mallard_jobs;
--> statement-breakpoint
GRANT SELECT, UPDATE (is_ours, confirmed_by) ON stripe_accounts TO mallard_staff;
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE ON charge_limits TO mallard_jobs;
--> statement-breakpoint
GRANT SELECT ON stripe_checks TO mallard_app, mallard_jobs, mallard_staff;
--> statement-breakpoint
-- A transfer is written before the rows it names, within one transaction.
ALTER TABLE transfers ALTER CONSTRAINT transfers_payment_fk DEFERRABLE INITIALLY DEFERRED;
--> statement-breakpoint
ALTER TABLE transfers ALTER CONSTRAINT transfers_invoice_fk DEFERRABLE INITIALLY DEFERRED;
--> statement-breakpoint
ALTER TABLE transfers ALTER CONSTRAINT transfers_charge_fk DEFERRABLE INITIALLY DEFERRED;
--> statement-breakpoint
-- The default card and the one that is charged automatically change together, within one transaction.
ALTER TABLE auto_charges ALTER CONSTRAINT auto_charges_default_fk DEFERRABLE INITIALLY DEFERRED;
--> statement-breakpoint
-- One statement's promise to the next: raises when rows that were expected to change did not.
CREATE FUNCTION assert_rows(what text, actual bigint, expected bigint) RETURNS void LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  IF actual <> expected THEN
    RAISE EXCEPTION 'expected % rows of %, changed %', expected, what, actual USING ERRCODE = 'data_exception';
  END IF;
END $$;
--> statement-breakpoint
-- No role writes a password's hash: users have no row level security, so a grant on the column would be one on
-- everybody's. A hash changes for one user and on proof: by naming the hash that it replaces, or by a token that is spent with
-- it. A new password ends that user's other sessions.
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
-- The same password in the one spelling that hashes are made of now: nobody is signed out for it.
CREATE FUNCTION rehash_password(of_user uuid, from_hash text, to_hash text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  UPDATE public.users SET password_hash = to_hash
  WHERE id = of_user AND password_hash = from_hash AND disabled_at IS NULL;
$$;
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
REVOKE EXECUTE ON FUNCTION rehash_password(uuid, text, text) FROM PUBLIC;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION reset_password(text, text, timestamptz) FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION change_password(uuid, text, text, uuid, timestamptz), reset_password(text, text, timestamptz),
  rehash_password(uuid, text, text) TO mallard_app;
