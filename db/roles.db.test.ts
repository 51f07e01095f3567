import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newId } from "@/lib/kernel/id";
import { createTestDatabase } from "@/lib/testing/database";
import { openTestWorld, type TestWorld } from "@/lib/testing/world";

/** All but the hash of the link. */
const invitationFacts = "accepted_at,created_at,customer_id,email,expires_at,id,role,user_id,withdrawn_at";

/**
 * All that each role may do, table by table: what is not named here, nobody may. Rows of transfers, allocations,
 * shares, lines, terms and activities are added and never changed; nothing but claims, drafts, memberships and counted
 * attempts is deleted.
 */
const granted: Record<string, { app?: string; jobs?: string; staff?: string } | string> = {
  // One line for all three roles.
  activities: "insert select",
  allocations: "insert select",
  balances: "insert select update(held_minor,posted_minor,seq)",
  charges: "insert select update(fee_currency,fee_minor,next_poll_at,stripe_balance_transaction_id)",
  credit_notes: "insert select update(number)",
  invoice_claims: "delete insert select",
  invoice_lines: "insert select",
  invoice_series: "insert select update(last_number)",
  invoices: "insert select update(amount_credited_minor,amount_paid_minor,number,paid_at,state)",
  papers: "insert select",
  payment_shares: "insert select",
  plan_changes: "insert select",
  payments: {
    app: "insert select update(checkout_url,ended_at,expires_at,failure_code,first_sent_at,next_poll_at,poll_count,send_count,state,stripe_payment_intent_id,stripe_session_id)",
    jobs: "insert select update(checkout_url,decline,ended_at,expires_at,failure_code,first_sent_at,next_poll_at,poll_count,poll_faults,request,request_key,send_count,state,stripe_payment_intent_id,stripe_session_id)",
    staff:
      "insert select update(checkout_url,ended_at,expires_at,failure_code,first_sent_at,next_poll_at,poll_count,send_count,state,stripe_payment_intent_id,stripe_session_id)",
  },
  receipt_numbers: "insert select",
  reminders: "insert select",
  terms: "insert select",
  transfers: "insert select",
  // What they may differs.
  auto_charges: {
    app: "insert select update(changed_at,payment_method_id,pays_invoices,stopped_at,stopped_code,user_id)",
    jobs: "select update(payment_method_id,stopped_at,stopped_code)",
    staff: "select",
  },
  charge_consents: { app: "insert select", jobs: "select", staff: "select" },
  payment_rulings: { staff: "insert select update(decided_at,decided_by,decision)" },
  auto_top_ups: {
    app: "insert select update(amount_minor,changed_at,is_on,monthly_cap_minor,threshold_minor,user_id)",
    jobs: "select",
    staff: "select update(changed_at,is_on)",
  },
  balance_checks: { jobs: "insert select update", staff: "select" },
  book_checks: { jobs: "insert select update", staff: "select" },
  job_runs: { jobs: "insert select update", staff: "select" },
  bank_receipt_keys: { jobs: "select", staff: "insert select" },
  bank_receipts: { app: "select", jobs: "select", staff: "insert select update(assigned_at,returned_at)" },
  credit_note_numbers: { app: "insert", jobs: "insert select", staff: "insert select" },
  customers: {
    app: "select update(address,email,invoice_recipients,locale,name,stripe_customer_id,stripe_email,stripe_name,tax_id)",
    jobs: "insert(country,created_at,currency,email,id,is_house,name,reference) select update(email,locale,name,stripe_customer_id,stripe_customers_lost,stripe_email,stripe_name,stripe_update_at)",
    staff: "insert select update(closed_at,email,locale,name,stripe_customer_id)",
  },
  disputes: {
    app: "select",
    jobs: "insert select update(amount_minor,ended_at,evidence_due_at,fee_currency,fee_minor,is_inquiry,lost_unmoved_at,next_poll_at,poll_count,reason,reinstated_at,state,withdrawn_at)",
    staff: "select update(loss_agreed_at)",
  },
  dispute_movements: { app: "select", jobs: "insert select", staff: "select" },
  event_readings: { jobs: "insert select update" },
  event_runs: {
    jobs: "insert select update(attempts,next_attempt_at,reason,state,updated_at)",
    staff: "insert select update(attempts,next_attempt_at,reason,state,updated_at)",
  },
  invitations: {
    app: "insert select update(accepted_at,withdrawn_at)",
    jobs: `select(${invitationFacts})`,
    staff: `select(${invitationFacts})`,
  },
  invoice_drafts: { staff: "delete insert select update(due_days,lines,note,updated_at,user_id,version)" },
  invoice_numbers: { app: "insert", jobs: "insert select", staff: "insert select" },
  mailed_pay_link_invoices: { app: "select", jobs: "insert select", staff: "select" },
  mailed_pay_links: { app: "select", jobs: "insert select", staff: "select" },
  memberships: { app: "delete insert select update(role)", jobs: "select", staff: "insert select" },
  outbox: {
    app: "insert select",
    jobs: "insert select update(claimed_until,faults,handled_at,remind_on,told_by)",
    staff: "insert select update(faults,handled_at)",
  },
  pay_links: {
    app: "insert select update(generation,revoked_at)",
    jobs: "select",
    staff: "insert select update(generation,revoked_at)",
  },
  payment_methods: {
    app: "select update(is_default)",
    jobs: "insert select update(brand,detached_at,exp_month,exp_year,fingerprint,is_default,last4,lost_with_customer)",
    staff: "select",
  },
  notices: {
    app: "select update(read_at)",
    jobs: "insert select update(attempts,body,copies,link,sent_at,shortfalls,state,subject)",
    staff: "select update(sending,state)",
  },
  notice_failures: { app: "select", jobs: "insert select update(kind,noted_at,reason)", staff: "select" },
  plan_prices: { app: "select", jobs: "select", staff: "insert select update" },
  plans: { app: "select", jobs: "select", staff: "insert select update" },
  refunds: {
    app: "select",
    jobs: "insert select update(booked_at,ended_at,failure_code,first_sent_at,next_poll_at,pending_reason,poll_count,send_count,settled_currency,settled_minor,state,stripe_balance_transaction_id,stripe_refund_id,told_at)",
    staff: "insert select",
  },
  renewal_requests: {
    jobs: "select update(covered,ended_at,failure,run_id,started_at)",
    staff: "insert select",
  },
  renewal_runs: {
    jobs: "insert select update(due,ended_at,issued,paid,parked,short,updated_at)",
    staff: "select",
  },
  renewals: {
    app: "insert select update(due_on,invoice_id,own_grace_days,state,was_declined)",
    jobs: "insert select update(deferred_until,due_on,invoice_id,state,was_declined)",
    staff: "insert select update(due_on,invoice_id,state,was_declined)",
  },
  services: {
    app: "insert select update(anchor_day,cancel_requested_at,expires_at,is_auto_renew,next_plan_at,next_plan_id,plan_id,state,suspended_at)",
    jobs: "insert select update(anchor_day,cancel_requested_at,expires_at,is_auto_renew,next_plan_at,next_plan_id,plan_id,state,suspended_at)",
    staff:
      "insert select update(anchor_day,cancel_requested_at,expires_at,is_auto_renew,next_plan_at,next_plan_id,plan_id,state,suspended_at,suspension_hold_until)",
  },
  sessions: {
    app: "insert select update(last_seen_at,revoked_at)",
    jobs: "select",
    staff: "insert select update(last_seen_at,revoked_at)",
  },
  settings: { app: "select", jobs: "select", staff: "insert select update" },
  login_mails: {
    app: "insert",
    jobs: "select update(attempts,next_attempt_at,state)",
    staff: "insert select(attempts,created_at,email,id,kind,state) update(attempts,next_attempt_at,state)",
  },
  sign_in_attempts: { app: "delete insert select update", staff: "delete insert select update" },
  staff: { app: "select", jobs: "select", staff: "insert select update(disabled_at,role)" },
  charge_limits: { jobs: "insert select update" },
  stripe_accounts: { jobs: "insert select", staff: "select update(confirmed_by,is_ours)" },
  stripe_checks: { app: "select", jobs: "insert select update", staff: "select" },
  stripe_events: { jobs: "insert select", staff: "insert select" },
  stripe_objects: { app: "insert", jobs: "insert select", staff: "insert select" },
  tasks: {
    app: "insert select",
    jobs: "insert select update(done_at)",
    staff: "insert select update(done_at)",
  },
  tax_rates: { app: "select", jobs: "select", staff: "insert select update" },
  tokens: {
    app: "insert select update(used_at)",
    jobs: "insert select",
    staff: "insert select update(used_at)",
  },
  users: {
    app: "insert select update(locale,name)",
    // All but the hash of the password.
    jobs: "select(created_at,disabled_at,email,id,locale,name)",
    staff: "insert select(created_at,disabled_at,email,id,locale,name) update(disabled_at,locale,name)",
  },
  webhook_deliveries: {
    jobs: "insert select update(answer_status,attempts,delivered_at,failure_code,last_attempt_at,next_attempt_at,state)",
    staff: "select update(attempts,next_attempt_at,state)",
  },
  webhook_endpoints: {
    jobs: "select update(sealed_secret)",
    staff: "insert select(created_at,disabled_at,id,note,url,user_id) update(disabled_at,note,sealed_secret)",
  },
};

let world: TestWorld;
let owner: postgres.Sql;
let drop: () => Promise<void>;

beforeAll(async () => {
  const database = await createTestDatabase();
  owner = postgres(database.url, { max: 2, onnotice: () => {} });
  world = openTestWorld({ url: database.url });
  drop = async () => {
    await Promise.all([world.close(), owner.end()]);
    await database.drop();
  };
});

afterAll(() => drop());

describe("a role", () => {
  test("may do what is listed here, and nothing else", async () => {
    const rows = await owner`
      with acl as (
        select c.relname as table, a.grantee, lower(a.privilege_type) as privilege, null::text as column
        from pg_class c cross join lateral aclexplode(c.relacl) a
        where c.relnamespace = 'public'::regnamespace and a.grantee <> c.relowner
        union all
        select c.relname, a.grantee, lower(a.privilege_type), t.attname
        from pg_class c join pg_attribute t on t.attrelid = c.oid cross join lateral aclexplode(t.attacl) a
        where c.relnamespace = 'public'::regnamespace
      ), privileges as (
        select "table", grantee, privilege || coalesce('(' || string_agg("column", ',' order by "column") || ')', '') as may
        from acl group by "table", grantee, privilege
      )
      select p."table", coalesce(replace(r.rolname, 'mallard_', ''), 'public') as role,
        string_agg(p.may, ' ' order by p.may) as may
      from privileges p left join pg_roles r on r.oid = p.grantee group by 1, 2`;
    const found = rows.map((row) => `${row.role} ${row.table}: ${row.may}`);
    const listed = Object.entries(granted).flatMap(([table, may]) => {
      const each = typeof may === "string" ? { app: may, jobs: may, staff: may } : may;
      return Object.entries(each).map(([role, what]) => `${role} ${table}: ${what}`);
    });
    expect(found.sort()).toEqual(listed.sort());
  });

  test("acts as the owner by the functions that are listed here, and by no others", async () => {
    const rows = await owner`
      select p.proname as name, array_to_string(p.proconfig, ' ') as config,
        coalesce((select string_agg(coalesce(r.rolname, 'public'), ' ') from aclexplode(p.proacl) a
          left join pg_roles r on r.oid = a.grantee where a.grantee <> p.proowner), '') as runs
      from pg_proc p where p.pronamespace = 'public'::regnamespace and p.prosecdef order by 1`;
    const app = { config: "search_path=pg_catalog, pg_temp", runs: "mallard_app" };
    expect(rows).toEqual([
      { name: "change_password", ...app },
      { name: "rehash_password", ...app },
      { name: "reset_password", ...app },
    ]);
  });

  test("writes the hash of a password in no other way than by those, which ask for a proof", async () => {
    const user = newId();
    await owner`
      insert into users (id, email, name, password_hash, created_at)
      values (${user}, ${`${user}@example.com`}, 'Ada', 'old', now())`;
    for (const database of [world.app, world.jobs, world.staff]) {
      const attempt = database.sql`update users set password_hash = 'new' where id = ${user}`;
      await expect(attempt).rejects.toMatchObject({ code: "42501" });
    }
    const { sql } = world.app;
    const refused = await sql`
      select change_password(${user}, 'guessed', 'new', null, now()) as with_another_hash,
        change_password(${user}, null, 'new', null, now()) as with_none,
        reset_password('0000', 'new', now()) as with_an_unknown_token`;
    expect(refused).toEqual([{ with_another_hash: false, with_none: false, with_an_unknown_token: false }]);
    expect(await sql`select change_password(${user}, 'old', 'new', null, now()) as with_it`).toEqual([
      { with_it: true },
    ]);
    for (const database of [world.jobs, world.staff]) {
      const attempt = database.sql`select change_password(${user}, 'new', 'newer', null, now())`;
      await expect(attempt).rejects.toMatchObject({ code: "42501" });
    }
  });

  test("is no owner, no superuser, and is not let past row level security", async () => {
    const rows = await owner`
      select rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolcanlogin, rolreplication,
        has_schema_privilege(oid, 'public', 'create') as creates,
        (select count(*)::int from pg_class where relowner = r.oid) as owned,
        (select count(*)::int from pg_auth_members where member = r.oid) as memberships
      from pg_roles r where rolname in ('mallard_app', 'mallard_jobs', 'mallard_staff') order by rolname`;
    const nothing = {
      rolsuper: false,
      rolbypassrls: false,
      rolcreaterole: false,
      rolcreatedb: false,
      rolcanlogin: false,
      rolreplication: false,
      creates: false,
      owned: 0,
      memberships: 0,
    };
    const names = ["mallard_app", "mallard_jobs", "mallard_staff"];
    expect(rows).toEqual(names.map((rolname) => ({ rolname, ...nothing })));
  });

  test("is refused every change to what is only ever added to", async () => {
    const tables = ["transfers", "activities", "allocations", "payment_shares", "stripe_events"];
    for (const database of [world.app, world.jobs, world.staff]) {
      for (const table of tables) {
        const { sql } = database;
        const column = table === "stripe_events" ? "id" : "customer_id";
        const attempts = [
          sql`delete from ${sql(table)}`,
          sql`truncate ${sql(table)}`,
          sql`update ${sql(table)} set ${sql(column)} = null`,
        ];
        for (const attempt of attempts) await expect(attempt).rejects.toMatchObject({ code: "42501" });
      }
    }
  });
});
