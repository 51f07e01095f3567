import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { eventActs } from "@/lib/testing/event-acts";
import type { TestCustomer } from "@/lib/testing/fixtures";
import { expectBooksBalance } from "@/lib/testing/payment-facts";
import { calm, openStripeWorld, type StripeWorld } from "@/lib/testing/stripe-world";
import type { InvoiceState } from "../invoice/states";
import type { ServiceState } from "../service/states";
import { invoiceTopics, type SubjectTopic, serviceTopics } from "../topics";

let world: StripeWorld;

beforeAll(async () => {
  world = await openStripeWorld();
  await watchWrites();
});

afterEach(async () => {
  await calm(world);
  // What one act leaves behind is not the next one's.
  await world.owner`update customers set closed_at = now() where not is_house and closed_at is null`;
});

afterAll(async () => {
  await expectBooksBalance(world, { full: true });
  await world.close();
});

it("every kind of event of a service or an invoice names the acts that make it happen", () => {
  const topics = [...invoiceTopics, ...serviceTopics];
  expect(Object.keys(eventActs).sort()).toEqual([...topics].sort());
  for (const acts of Object.values(eventActs)) expect(Object.keys(acts)).not.toEqual([]);
});

describe.each(Object.entries(eventActs))("%s", (topic, acts) => {
  it.each(Object.entries(acts))("when %s: with the change, or not at all", async (_, staging) => {
    const { customer, act } = await staging(world);
    const before = await lastWrite();
    await refusingCommits(customer, () => expect(act()).rejects.toThrow("not now"));
    expect(await writesSince(before, customer)).toEqual([]);
    await act();
    const writes = await writesSince(before);
    const own = writes.filter((write) => write.customerId === customer.customerId);
    expect(own.flatMap((write) => topicOf(write) ?? [])).toContain(topic);
    expect(writes.flatMap((write) => apartFromItsChange(write, writes))).toEqual([]);
    expect(writes.flatMap((write) => untold(write, writes))).toEqual([]);
  });
});

type Row = Record<string, unknown>;

/** A row as it was and as it is, and the transaction in which it became so. */
interface Write {
  xact: string;
  customerId: string;
  table: "services" | "invoices" | "renewals" | "outbox";
  /** Of a renewal, its service's. */
  id: string;
  was: Row | null;
  is: Row;
}

/** Every row of these tables that is written is noted with its transaction; commits of some customers can be refused. */
async function watchWrites(): Promise<void> {
  await world.owner.unsafe(`
    create table writes (at bigserial, xact xid8, customer_id uuid, name text, id uuid, was jsonb, new jsonb);
    create table refused (customer_id uuid);
    create function note_write() returns trigger language plpgsql security definer as $$ begin
      insert into writes (xact, customer_id, name, id, was, new) values (pg_current_xact_id(), new.customer_id,
        tg_table_name, coalesce((to_jsonb(new) ->> 'service_id')::uuid, new.id), case tg_op when 'UPDATE' then to_jsonb(old) end, to_jsonb(new));
      return null;
    end $$;
    create function refuse_commit() returns trigger language plpgsql security definer as $$ begin
      if exists (select from refused r where r.customer_id = new.customer_id) then
        raise exception 'not now' using errcode = '58000';
      end if;
      return null;
    end $$;
    create trigger note_write after insert on outbox for each row execute function note_write();
    ${["services", "invoices", "renewals"]
      .map(
        (table) => `
          create trigger note_write after insert or update on ${table} for each row execute function note_write();
          create constraint trigger refuse_commit after insert or update on ${table}
            deferrable initially deferred for each row execute function refuse_commit();`,
      )
      .join("")}`);
}

async function lastWrite(): Promise<bigint> {
  const [row] = await world.owner`select coalesce(max(at), 0)::bigint as at from writes`;
  return row?.at;
}

async function writesSince(at: bigint, customer?: TestCustomer): Promise<Write[]> {
  const rows = await world.owner`
    select xact::text, customer_id, name, id, was, new from writes
    where at > ${at} and customer_id = coalesce(${customer?.customerId ?? null}, customer_id) order by at`;
  return rows.map(({ xact, customer_id, name, id, was, new: is }) => ({
    ...{ xact, customerId: customer_id, table: name, id, was, is },
  }));
}

async function refusingCommits({ customerId }: TestCustomer, work: () => Promise<void>): Promise<void> {
  await world.owner`insert into refused values (${customerId})`;
  await work();
  await world.owner`delete from refused`;
}

/** The kind of event that it is, if it is one of a service or an invoice. */
function topicOf({ table, is }: Write): SubjectTopic | null {
  const topics: readonly string[] = [...serviceTopics, ...invoiceTopics];
  return table === "outbox" && topics.includes(is.topic as string) ? (is.topic as SubjectTopic) : null;
}

function subjectOf({ is }: Write): string | undefined {
  const { serviceId, invoiceId } = is.payload as { serviceId?: string; invoiceId?: string };
  return serviceId ?? invoiceId;
}

/** An event whose subject was not written in its transaction. */
function apartFromItsChange(event: Write, writes: readonly Write[]): string[] {
  const topic = topicOf(event);
  if (topic === null) return [];
  const isWithIt = writes.some(
    ({ table, id, xact }) => table !== "outbox" && id === subjectOf(event) && xact === event.xact,
  );
  return isWithIt ? [] : [topic];
}

/** What a row became without an event of it in its transaction. */
function untold(change: Write, writes: readonly Write[]): string[] {
  if (change.table === "outbox") return [];
  const told = writes
    .filter((write) => write.xact === change.xact && topicOf(write) && subjectOf(write) === change.id)
    .map(topicOf);
  return toldBy(change)
    .filter((topics) => !topics.some((topic) => told.includes(topic)))
    .map((topics) => `${change.table} without ${topics.join(" or ")}`);
}

/** Of each thing that changed in a row, the events that may tell of it. */
function toldBy({ table, was, is }: Write): (readonly SubjectTopic[])[] {
  const became = (column: string) => (was?.[column] ?? null) !== (is[column] ?? null);
  if (table === "services") {
    const ending = is.cancel_requested_at === null ? "service.kept" : "service.cancel_requested";
    return [
      became("state") ? toldOfServices[is.state as ServiceState] : [],
      became("expires_at") ? (["service.activated", "service.renewed"] as const) : [],
      was && became("plan_id") ? (["service.plan_changed"] as const) : [],
      was && became("is_auto_renew") ? (["service.auto_renew_switched"] as const) : [],
      became("suspension_hold_until") ? (["service.suspension_put_off"] as const) : [],
      became("cancel_requested_at") ? [ending as SubjectTopic] : [],
    ].filter((topics) => topics.length > 0);
  }
  if (table === "renewals") {
    return was && became("own_grace_days") ? [["service.suspension_put_off"]] : [];
  }
  return [
    was === null ? (["invoice.issued"] as const) : [],
    became("state") ? toldOfInvoices[is.state as InvoiceState] : [],
    was && is.state === "paid" && became("amount_credited_minor") ? (["invoice.credited"] as const) : [],
  ].filter((topics) => topics.length > 0);
}

const toldOfServices: Record<ServiceState, readonly SubjectTopic[]> = {
  // An order: its invoice says so.
  pending: [],
  active: ["service.activated", "service.resumed"],
  suspended: ["service.suspended"],
  terminated: ["service.terminated"],
  canceled: ["service.canceled"],
};

const toldOfInvoices: Record<InvoiceState, readonly SubjectTopic[]> = {
  open: ["invoice.issued"],
  paid: ["invoice.paid"],
  void: ["invoice.voided"],
  // Nothing writes an invoice off yet.
  written_off: [],
};
