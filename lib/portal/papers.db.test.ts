import { createHash } from "node:crypto";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { paperMessages } from "@/app/paper-given";
import { printInvoice as printForStaff } from "@/lib/admin/papers";
import { dueIn } from "@/lib/billing/invoice/days-from-due";
import { issueInvoices } from "@/lib/billing/invoice/issue-invoices";
import { calendarDay } from "@/lib/kernel/calendar";
import { type Currency, formatMoney, type Money, money, toDecimal } from "@/lib/kernel/money";
import type { StatementWish } from "@/lib/paper/statement-range";
import {
  balancePlan,
  giveBalance,
  makeActiveService,
  makeCustomer,
  makeInvoice,
  makePlan,
  makeRenewal,
  type TestCustomer,
} from "@/lib/testing/fixtures";
import { expectBooksBalance } from "@/lib/testing/payment-facts";
import { readPdf } from "@/lib/testing/pdf-text";
import { openStripeWorld, pass, type StripeWorld } from "@/lib/testing/stripe-world";
import { voidInvoiceBehindItsClaim } from "@/lib/testing/void-invoice";
import { printCreditNote, printInvoice, printReceipt, printStatement } from "./papers";
import { payFromBalance } from "./pay";
import { invoicesCsv, statementCsv } from "./print-csv";
import { AccessDenied } from "./scoped";
import { showBalance } from "./show-balance";
import { showInvoice } from "./show-invoice";

let world: StripeWorld;
const given = { hostName: "Ducky Cloud", messagesOf: paperMessages };
const shown = (amount: Money, locale = "en") => formatMoney(amount, locale).replace(/[\u00a0\u202f]/g, " ");

beforeAll(async () => {
  world = await openStripeWorld();
});

afterEach(() => expectBooksBalance(world));

afterAll(() => world.close());

async function paid(customer: TestCustomer, invoice: { id: string }, minor: bigint): Promise<string> {
  const wish = balancePlan(world, [invoice.id], minor);
  const answer = await payFromBalance(customer.actor, wish, world);
  if (!answer.ok) throw new Error(answer.refusal.code);
  return wish.paymentId;
}

describe("the paper of an invoice", () => {
  for (const [currency, minor] of [
    ["USD", 1234567n],
    ["JPY", 1234567n],
    ["KWD", 1234560n],
  ] as const satisfies [Currency, bigint][]) {
    it(`has the figures of its page, in ${currency}`, async () => {
      const customer = await makeCustomer(world, { currency, name: "深圳市国龙科技 Приморский شركة" });
      const invoice = await makeInvoice(world, customer, minor);
      const page = await showInvoice(customer.actor, invoice.number, world);
      const paper = await printInvoice(customer.actor, invoice, given, world);
      if (!page || !paper) throw new Error("both are there");
      const { text, info } = await readPdf(paper.content);
      for (const amount of [page.net, page.tax, page.total, page.lines[0]?.unit, page.lines[0]?.net]) {
        expect(text).toContain(shown(amount as Money));
      }
      expect(text).toContain("深圳市国龙科技 Приморский");
      expect(text).toContain(`Please pay ${shown(page.remaining)} by`);
      expect(text).toContain(`${world.portalUrl}/pay/`);
      expect(info).toMatchObject({ Title: `Invoice ${invoice.number}`, Author: "Ducky Cloud" });
      expect(paper.fileName).toBe(`${invoice.number}.pdf`);
    });
  }

  it("says what was paid and that nothing remains, and of a void one that it is void", async () => {
    const customer = await makeCustomer(world);
    await giveBalance(world, customer, 5000n);
    const [settled, cancelled] = [
      await makeInvoice(world, customer, 1500n),
      await makeInvoice(world, customer, 700n),
    ];
    await paid(customer, settled, 1500n);
    await voidInvoiceBehindItsClaim(world, customer.customerId, cancelled.id);
    const texts = await Promise.all(
      [settled, cancelled].map(async (invoice) => {
        const paper = await printInvoice(customer.actor, invoice, given, world);
        return (await readPdf(paper?.content as Uint8Array)).text;
      }),
    );
    expect(texts[0]).toContain("PAID");
    expect(texts[0]).toContain("From balance $15.00");
    expect(texts[0]).toContain("Still to pay $0.00");
    expect(texts[1]).toContain("CANCELED");
    for (const text of texts) expect(text).not.toContain("/pay/");
    const page = await showInvoice(customer.actor, cancelled.number, world);
    const note = await printCreditNote(
      customer.actor,
      { number: page?.creditNote?.number ?? "" },
      given,
      world,
    );
    const { text } = await readPdf(note?.content as Uint8Array);
    expect(text).toContain(`Takes back invoice ${cancelled.number}`);
    expect(text).toContain("Credited in all $7.00");
  });

  it("speaks the customer's language, also to staff", async () => {
    const customer = await makeCustomer(world, { name: "北京鸭子科技有限公司" });
    await world.owner`update customers set locale = 'zh' where id = ${customer.customerId}`;
    const [row] = await world.owner`select reference from customers where id = ${customer.customerId}`;
    const { number } = await makeInvoice(world, customer, 1000n);
    const own = await printInvoice(customer.actor, { number }, given, world);
    const staff = { ...customer.actor, role: "auditor" as const };
    const forStaff = await printForStaff(staff, { reference: row?.reference, number }, given, world);
    for (const paper of [own, forStaff]) {
      const { text } = await readPdf(paper?.content as Uint8Array);
      expect(text).toContain("付款方 北京鸭子科技有限公司");
      expect(text).toContain(`合计 ${shown(money(1000n, "USD"), "zh")}`);
    }
    expect(forStaff).toEqual(own);
  });

  it("stays as it was first drawn, whatever is paid and whoever the host becomes, and is drawn once by four at once", async () => {
    const customer = await makeCustomer(world, { country: "DE" });
    await giveBalance(world, customer, 1500n);
    const invoice = await makeInvoice(world, customer, 1500n);
    const print = (hostName: string) => printInvoice(customer.actor, invoice, { ...given, hostName }, world);
    const asked = await Promise.all(
      Array.from({ length: 4 }, (_, at) => print(at % 2 === 0 ? "Ducky Cloud" : "Goose Cloud")),
    );
    await paid(customer, invoice, 1500n);
    const later = await print("Swan Cloud");
    for (const paper of asked) expect(paper).toEqual(later);
    expect((await readPdf(later?.content as Uint8Array)).text).toMatch(/Germany.*Please pay \$15\.00/);
    const rows = await world.owner`select sha256, content from papers where subject_id = ${invoice.id}`;
    expect(rows).toHaveLength(1);
    expect(rows[0]?.sha256).toBe(createHash("sha256").update(rows[0]?.content).digest("hex"));
    await expect(
      world.owner`update papers set content = 'altered' where subject_id = ${invoice.id}`,
    ).rejects.toThrow(/papers_sha256_check/);
  });

  it("says where to transfer the money to once the host has said so, and who the host is to the tax office", async () => {
    const values = {
      bank_account_holder: "Ducky Cloud GmbH",
      bank_account: "DE89370400440532013000",
      host_tax_id: "DE123456788",
    };
    for (const [key, value] of Object.entries(values))
      await world.owner`insert into settings (key, value) values (${key}, to_jsonb(${value}::text))`;
    const customer = await makeCustomer(world);
    const invoice = await makeInvoice(world, customer, 1000n);
    const paper = await printInvoice(customer.actor, invoice, given, world);
    await world.owner`delete from settings where key = any(${Object.keys(values)})`;
    const { text } = await readPdf(paper?.content as Uint8Array);
    expect(text).toContain("VAT ID DE123456788");
    expect(text).toContain(`transfer the amount to this account, with ${invoice.number} as the reference`);
    expect(text).toContain("Ducky Cloud GmbH");
    expect(text).toContain("DE89370400440532013000");
  });

  it("goes on over pages for three hundred lines, each with the names of the columns", async () => {
    const customer = await makeCustomer(world);
    const [invoice] = await issueInvoices(world, world.staff, customer.customerId, async () => [
      {
        origin: "manual",
        currency: "USD",
        summary: "Much",
        dueOn: dueIn(7, world.clock.now(), world.timeZone),
        lines: Array.from({ length: 300 }, (_, index) => ({
          kind: "other" as const,
          description: `Line ${index + 1} <b>&amp;</b> 🦆 ${index % 50 === 0 ? "word ".repeat(60) : ""}`,
          quantity: 2,
          unit: money(BigInt(100 + index), "USD"),
        })),
      },
    ]);
    const paper = await printInvoice(customer.actor, { number: invoice?.number ?? "" }, given, world);
    const { pages, text } = await readPdf(paper?.content as Uint8Array);
    expect(pages.length).toBeGreaterThan(5);
    const withLines = pages.filter((page) => /Line \d+ </.test(page));
    for (const page of withLines) expect(page).toContain("Description Quantity Price Tax Net");
    for (let index = 1; index <= 300; index++) expect(text).toContain(`Line ${index} <b>&amp;</b> \ufffd`);
    for (const [index, page] of pages.entries())
      expect(page).toContain(`page ${index + 1} of ${pages.length}`);
  });

  it("is not there for another customer, and refused to who belongs to none", async () => {
    const [customer, other] = [await makeCustomer(world), await makeCustomer(world)];
    await giveBalance(world, customer, 1000n);
    const invoice = await makeInvoice(world, customer, 1000n);
    const paymentId = await paid(customer, invoice, 1000n);
    expect(await printInvoice(other.actor, invoice, given, world)).toBeNull();
    expect(await printReceipt(other.actor, { paymentId }, given, world)).toBeNull();
    for (const nonsense of ["", "\0", "no-uuid", "x".repeat(5000)]) {
      expect(await printInvoice(customer.actor, { number: nonsense }, given, world)).toBeNull();
      expect(await printCreditNote(customer.actor, { number: nonsense }, given, world)).toBeNull();
      expect(await printReceipt(customer.actor, { paymentId: nonsense }, given, world)).toBeNull();
    }
    const stranger = { ...other.actor, customerId: customer.customerId };
    await expect(printInvoice(stranger, invoice, given, world)).rejects.toThrow(AccessDenied);
  });
});

describe("a receipt", () => {
  it("says what was settled, how, and until when services run", async () => {
    const customer = await makeCustomer(world);
    const serviceId = await makeActiveService(world, customer, await makePlan(world));
    const renewal = await makeRenewal(world, customer, serviceId);
    await giveBalance(world, customer, 1000n);
    const paymentId = await paid(customer, renewal, 1000n);
    const paper = await printReceipt(customer.actor, { paymentId }, given, world);
    const { text } = await readPdf(paper?.content as Uint8Array);
    const [row] = await world.owner`select expires_at from services where id = ${serviceId}`;
    const day = new Intl.DateTimeFormat("en-GB", {
      dateStyle: "medium",
      timeZone: world.timeZone,
    }).format(row?.expires_at);
    expect(text).toContain(`Invoice ${renewal.number} $10.00`);
    expect(text).toContain("From balance $10.00");
    expect(text).toContain(`web-1 ${day}`);
  });
});

describe("a statement", () => {
  const today = () => calendarDay(world.clock.now(), world.timeZone);
  const wish = (from: string): StatementWish => ({ currency: null, from: from as never, to: today() });

  it("joins the one before: each opens with what the last one closed with, and the last with the balance", async () => {
    const customer = await makeCustomer(world);
    const first = today();
    await giveBalance(world, customer, 5000n);
    await paid(customer, await makeInvoice(world, customer, 1200n), 1200n);
    await pass(world, 40 * 86_400_000);
    const second = today();
    await giveBalance(world, customer, 300n);
    const earlier = await printStatement(customer.actor, { ...wish(first), to: first }, given, world);
    const later = await printStatement(customer.actor, wish(second), given, world);
    const [before, after] = await Promise.all(
      [earlier, later].map(async (paper) => (await readPdf(paper?.content as Uint8Array)).text),
    );
    const { balances } = await showBalance(customer.actor, {}, world);
    expect(before).toContain("Opening balance $0.00");
    expect(before).toContain("−$12.00");
    expect(before).toContain("Closing balance $38.00");
    expect(after).toContain("Opening balance $38.00");
    expect(after).toContain(`Closing balance ${shown(balances[0]?.posted as Money)}`);
  });

  it("is a CSV with plain amounts, and every movement whatever a batch holds", async () => {
    const customer = await makeCustomer(world);
    await giveBalance(world, customer, 5000n);
    const invoice = await makeInvoice(world, customer, 1200n);
    await paid(customer, invoice, 1200n);
    const { content } = await statementCsv(customer.actor, wish(today()), given, world);
    const text = await new Response(content).text();
    expect(text.split("\r\n")).toEqual([
      "Date,Reason,Invoice,Currency,Amount,Balance after",
      `${today()},Credit,,USD,50.00,50.00`,
      `${today()},Paid an invoice,${invoice.number},USD,-12.00,38.00`,
      "",
    ]);
  });
});

describe("the CSV of invoices", () => {
  it("has every row of the list that its filter has, over batches", async () => {
    const customer = await makeCustomer(world);
    const made = [];
    for (let index = 0; index < 5; index++)
      made.push(await makeInvoice(world, customer, BigInt(100 + index)));
    const filter = {
      status: [],
      issuedFrom: null,
      issuedTo: null,
      amountFrom: "1.01",
      amountTo: null,
      serviceId: null,
      text: null,
      sort: "issued" as const,
      cursor: null,
    };
    const text = await new Response(await invoicesCsv(customer.actor, filter, given, world, 2)).text();
    const rows = text
      .split("\r\n")
      .slice(1, -1)
      .map((line) => line.split(","));
    expect(rows.map(([number]) => number)).toEqual(
      made
        .slice(1)
        .map(({ number }) => number)
        .reverse(),
    );
    expect(rows.map((row) => row[6])).toEqual(
      [104n, 103n, 102n, 101n].map((minor) => toDecimal(money(minor, "USD"))),
    );
  });
});
