-- The nightly reconciliation asks staff about what belongs to no customer, on the house's own: it is made by whatever
-- needs it first, and jobs make no other.
GRANT INSERT (id, reference, name, email, country, currency, is_house, created_at) ON customers TO mallard_jobs;
--> statement-breakpoint
CREATE POLICY customers_house_only ON customers AS RESTRICTIVE FOR INSERT TO mallard_jobs WITH CHECK (is_house);
