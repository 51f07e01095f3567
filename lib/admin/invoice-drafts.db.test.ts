import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { paperMessages } from "@/app/paper-given";
import type { StaffRole } from "@/lib/auth/actor";
import { type InvoiceDraftId, newId, type SessionId, type UserId } from "@/lib/kernel/id";
import { checkBooks } from "@/lib/ledger/books";
import { makeCustomer, type TestCustomer } from "@/lib/testing/fixtures";
import { openOwnWorld } from "@/lib/testing/own-world";
import { readPdf } from "@/lib/testing/pdf-text";
import type { TestWorld } from "@/lib/testing/world";
import type { DraftInput } from "./draft-input";
import { discardDraft, issueDraft, saveDraft } from "./invoice-drafts";
import { printDraft, showDraft } from "./show-draft";
import { voidInvoice } from "./void-invoice";

let world: TestWorld;
const people = new Map<string, UserId>();

beforeAll(async () => {
  world = await openOwnWorld();
  for (const name of ["Sam", "Pat"]) {
    const id = newId<UserId>();
    people.set(name, id);
    await world.staff.sql`
      insert into users (id, email, name, created_at) values (${id}, ${`${name.toLowerCase()}@ducky.example`}, ${name}, now())`;
  }
});

afterAll(() => world.close());

const actor = (name = "Sam", role: StaffRole = "finance") => ({
  userId: people.get(name) as UserId,
  sessionId: newId<SessionId>(),
  role,
});

const hours = { kind: "item", description: "Hours", quantity: "3", unit: "100.00", taxRate: "19" } as const;
const discount = {
  kind: "discount",
  description: "For being patient",
  quantity: "1",
  unit: "50.00",
  taxRate: "19",
} as const;

const whole: DraftInput = {
  currency: "USD",
  dueDays: "14",
  note: "Thank you",
  lines: [hours, discount],
};

interface Kept {
  customer: TestCustomer;
  customerId: TestCustomer["customerId"];
  draftId: InvoiceDraftId;
  version: number;
}

async function keep(content: Partial<DraftInput> = {}): Promise<Kept> {
  const customer = await makeCustomer(world);
  const seen = { customerId: customer.customerId, draftId: newId<InvoiceDraftId>(), version: 0 };
  const saved = await saveDraft(actor(), { ...seen, ...whole, ...content }, world);
  if (!saved.ok) throw new Error(saved.refusal.code);
  return { customer, ...seen, version: saved.value.version };
}

const seenOf = ({ customerId, draftId, version }: Kept) => ({ customerId, draftId, version });

async function invoicesOf({ customerId }: Kept) {
  const rows = await world.jobs.sql`
    select i.id, i.state, i.origin, i.net_minor as net, i.tax_minor as tax, i.total_minor as total, i.summary, i.note,
      i.due_on - i.issued_at::date = 14 as is_due_then,
      (select actor from activities a where a.customer_id = i.customer_id and a.subject_id = i.id
        and verb = 'invoice_issued') as by
    from invoices i where customer_id = ${customerId}`;
  return rows.map((row) => ({ ...row }));
}

async function broken({ customerId }: Kept) {
  const checked = await checkBooks(world.jobs, {
    full: true,
    customers: [customerId],
    now: world.clock.now(),
  });
  return checked.invariants.flatMap(({ violations }) => violations);
}

describe("an invoice by hand", () => {
  it("is issued as its draft was: with a discount that takes its tax back, by whoever issued it", async () => {
    const kept = await keep();
    const issued = await issueDraft(actor(), seenOf(kept), world);
    expect(issued).toMatchObject({ ok: true });
    expect(await invoicesOf(kept)).toEqual([
      {
        id: kept.draftId,
        state: "open",
        origin: "manual",
        net: 25_000n,
        tax: 4_750n,
        total: 29_750n,
        summary: "Hours",
        note: "Thank you",
        is_due_then: true,
        by: "staff",
      },
    ]);
    const left = await world.staff.sql`select 1 from invoice_drafts where id = ${kept.draftId}`;
    expect(left).toHaveLength(0);
    expect(await broken(kept)).toEqual([]);
    const voided = { customerId: kept.customerId, invoiceId: kept.draftId as never, reason: "wrong" };
    expect((await voidInvoice(actor(), voided, world)).ok).toBe(true);
    expect(await broken(kept)).toEqual([]);
  });

  it("is seen before as it will print, with the word for a draft where its number will be", async () => {
    const kept = await keep();
    const [row] = await world.staff.sql`select reference from customers where id = ${kept.customerId}`;
    const reference = row?.reference as string;
    const page = await showDraft(
      actor("Sam", "auditor"),
      { reference, draftId: kept.draftId, newId: newId<InvoiceDraftId>() },
      world,
    );
    expect(page).toMatchObject({ version: 1, lines: whole.lines, totals: { total: { minor: 29_750n } } });
    const given = { hostName: "Ducky Cloud", messagesOf: paperMessages };
    const paper = await printDraft(
      actor("Sam", "auditor"),
      { reference, draftId: kept.draftId },
      given,
      world,
    );
    const { text } = await readPdf(paper?.content ?? new Uint8Array());
    for (const part of ["Draft", "For being patient", "Thank you", "$297.50"]) expect(text).toContain(part);
  });

  it("changed by two at once: one wins, the other is told who it was", async () => {
    const kept = await keep();
    const [one, two] = await Promise.all([
      saveDraft(actor("Sam"), { ...seenOf(kept), ...whole, note: "Sam's" }, world),
      saveDraft(actor("Pat"), { ...seenOf(kept), ...whole, note: "Pat's" }, world),
    ]);
    const winner = one.ok ? "Sam" : "Pat";
    expect([one, two].filter(({ ok }) => ok)).toHaveLength(1);
    expect(one.ok ? two : one).toEqual({ ok: false, refusal: { code: "draft_changed", by: winner } });
    expect(await issueDraft(actor(), seenOf(kept), world)).toMatchObject({
      refusal: { code: "draft_changed" },
    });
    expect(await discardDraft(actor(), seenOf(kept), world)).toMatchObject({
      refusal: { code: "draft_changed" },
    });
  });

  it("that is sent again as it was is kept once", async () => {
    const kept = await keep();
    const again = { ...seenOf(kept), ...whole, note: "Twice" };
    const answers = await Promise.all(Array.from({ length: 5 }, () => saveDraft(actor(), again, world)));
    expect(answers).toEqual(
      answers.map(() => ({ ok: true, value: expect.objectContaining({ version: 2 }) })),
    );
  });

  it("is issued once, whoever of twenty is first: the others are told its number", async () => {
    const kept = await keep();
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        issueDraft(actor(index % 2 ? "Sam" : "Pat"), seenOf(kept), world),
      ),
    );
    const [number, ...more] = answers.flatMap((answer) => (answer.ok ? [answer.value.number] : []));
    expect(more).toEqual([]);
    const told = answers.flatMap((answer) => (answer.ok ? [] : [answer.refusal]));
    expect(told).toEqual(told.map(() => ({ code: "draft_issued", number })));
    expect(await invoicesOf(kept)).toHaveLength(1);
    expect(await broken(kept)).toEqual([]);
  });

  it("is discarded, and then it is gone", async () => {
    const kept = await keep();
    expect((await discardDraft(actor(), seenOf(kept), world)).ok).toBe(true);
    expect(await issueDraft(actor(), seenOf(kept), world)).toMatchObject({ refusal: { code: "draft_gone" } });
  });

  it.each([
    ["draft_no_lines", { lines: [] }],
    ["draft_not_positive", { lines: [{ ...hours, unit: "0" }] }],
    ["draft_not_positive", { lines: [hours, { ...discount, unit: "300" }] }],
    ["draft_not_positive", { lines: [hours, { ...discount, unit: "301" }] }],
    ["draft_tax_negative", { lines: [{ ...hours, taxRate: "0" }, discount] }],
  ])("is not issued as %s, and stays a draft", async (code, content) => {
    const kept = await keep(content);
    expect(await issueDraft(actor(), seenOf(kept), world)).toMatchObject({ ok: false, refusal: { code } });
    expect(await invoicesOf(kept)).toEqual([]);
    expect((await discardDraft(actor(), seenOf(kept), world)).ok).toBe(true);
  });

  it.each([
    ["note_too_long", { note: "x".repeat(1001) }],
    ["due_days_malformed", { dueDays: "366" }],
    ["due_days_malformed", { dueDays: "soon" }],
    ["draft_too_many_lines", { lines: Array.from({ length: 101 }, () => hours) }],
    ["draft_currency_unknown", { currency: "XXX" }],
    ["line_description_missing", { lines: [hours, { ...hours, description: "" }] }],
  ])("is not kept as %s", async (code, content) => {
    const { customerId } = await makeCustomer(world);
    const seen = { customerId, draftId: newId<InvoiceDraftId>(), version: 0 };
    const saved = await saveDraft(actor(), { ...seen, ...whole, ...content }, world);
    expect(saved).toMatchObject({ ok: false, refusal: { code } });
  });

  it("is not for a closed customer, and not for who only helps or reads", async () => {
    const kept = await keep();
    for (const role of ["support", "auditor"] as const) {
      expect(await issueDraft(actor("Sam", role), seenOf(kept), world)).toMatchObject({
        refusal: { code: "not_allowed" },
      });
    }
    await world.staff.sql`update customers set closed_at = now() where id = ${kept.customerId}`;
    expect(await issueDraft(actor(), seenOf(kept), world)).toMatchObject({
      refusal: { code: "customer_closed" },
    });
    expect(await saveDraft(actor(), { ...seenOf(kept), ...whole }, world)).toMatchObject({
      refusal: { code: "customer_closed" },
    });
  });
});
