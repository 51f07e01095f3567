import { readFile } from "node:fs/promises";
import type { Page } from "@playwright/test";
import { issue } from "@/e2e/fixtures/invoices";
import type { Member, People } from "@/e2e/fixtures/people";
import { expect, test } from "@/e2e/fixtures/portal";
import type { Scene } from "@/e2e/fixtures/scene";
import { payFromBalance } from "@/lib/portal/pay";
import { balancePlan, giveBalance } from "@/lib/testing/fixtures";
import { readPdf } from "@/lib/testing/pdf-text";
import { voidInvoiceBehindItsClaim } from "@/lib/testing/void-invoice";

const name = "深圳市国龙科技 Приморский شركة";

/** One invoice paid from the balance, one open, one void. */
async function threeInvoices(scene: Scene, people: People) {
  const customer = await people.customer({ name });
  const [paid, open, cancelled] = await issue(scene, customer, [
    { minor: 1500n, text: "Paid job" },
    { minor: 2500n, text: "=Open job" },
    { minor: 3500n, text: "Cancelled job" },
  ]);
  if (!paid || !open || !cancelled) throw new Error("three invoices were asked for");
  await giveBalance(scene.world, customer, 2000n);
  const answer = await payFromBalance(
    customer.actor,
    balancePlan(scene.world, [paid.id], 1500n),
    scene.world,
  );
  expect(answer.ok).toBe(true);
  await voidInvoiceBehindItsClaim(scene.world, customer.customerId, cancelled.id);
  return { customer, paid, open, cancelled };
}

/** What a link of the page leads to, as the browser asks for it. */
async function paperAt(page: Page, link: string): Promise<{ text: string; fileName: string }> {
  const href = await page.getByRole("link", { name: link }).first().getAttribute("href");
  const answer = await page.request.get(href ?? "");
  expect(answer.status()).toBe(200);
  expect(answer.headers()).toMatchObject({
    "content-type": "application/pdf",
    "cache-control": "private, no-store",
  });
  const { text } = await readPdf(await answer.body());
  const fileName = /filename="([\w.-]+)"/.exec(answer.headers()["content-disposition"] ?? "")?.[1] ?? "";
  return { text, fileName };
}

test("an invoice, what takes it back and a receipt are there as PDF, from their page", async ({
  people,
  scene,
  pageOf,
}) => {
  const { customer, paid, open, cancelled } = await threeInvoices(scene, people);
  const page = await pageOf(customer);
  await page.goto(`/invoices/${open.number}`);
  const invoice = await paperAt(page, "Invoice as PDF");
  expect(invoice.fileName).toBe(`${open.number}.pdf`);
  for (const part of ["=Open job", "$25.00", "/pay/", "深圳市国龙科技 Приморский"]) {
    expect(invoice.text).toContain(part);
  }
  await page.goto(`/invoices/${paid.number}`);
  expect((await paperAt(page, "Invoice as PDF")).text).toContain("PAID");
  expect((await paperAt(page, "Receipt")).text).toContain(`Invoice ${paid.number} $15.00`);
  await page.goto(`/invoices/${cancelled.number}`);
  expect((await paperAt(page, "Invoice as PDF")).text).toContain("CANCELED");
  expect((await paperAt(page, "Credit note")).text).toContain(`Takes back invoice ${cancelled.number}`);
});

test.describe("files", { tag: "@phone" }, () => {
  test("the list as it is filtered, and the statement of a month, are downloaded", async ({
    people,
    scene,
    pageOf,
  }) => {
    const { customer, open } = await threeInvoices(scene, people);
    const page = await pageOf(customer);
    await page.goto("/invoices?status=open");
    const list = await downloaded(page, () => page.getByRole("link", { name: "Download as CSV" }).click());
    expect(list.fileName).toMatch(/^invoices-[\d-]+\.csv$/);
    expect(list.text.charCodeAt(0)).toBe(0xfeff);
    const lines = list.text.slice(1).trim().split("\r\n");
    expect(lines[0]).toBe("Number,For,Issued,Due,State,Currency,Total,Still to pay");
    expect(lines[1]).toMatch(new RegExp(`^${open.number},'=Open job,[\\d-]+,[\\d-]+,Open,USD,25.00,25.00$`));
    expect(lines).toHaveLength(2);
    await page.goto("/balance");
    const statement = await downloaded(page, () => page.getByRole("button", { name: "CSV" }).click());
    expect(statement.text).toContain("USD,-15.00,5.00");
  });
});

test("a viewer may have them, staff get the same, and who is signed out is led to sign in", async ({
  people,
  scene,
  pageOf,
  request,
}) => {
  const { customer, open } = await threeInvoices(scene, people);
  const viewer = await pageOf(await people.join(customer, "viewer"));
  await viewer.goto(`/invoices/${open.number}`);
  const shown = await paperAt(viewer, "Invoice as PDF");
  expect(shown.text).toContain("$25.00");
  // Everybody has the same paper: its link pays this invoice by card, and nothing else.
  expect(shown.text).toContain("/pay/");
  const staff = await pageOf(await people.staff("auditor"));
  await staff.goto(`/admin/customers/${await referenceOf(scene, customer)}`);
  expect((await paperAt(staff, "Invoice as PDF")).text).toContain(name.split(" ")[0]);
  expect((await paperAt(staff, "Statement")).text).toContain("Closing balance");
  const answer = await request.get(`/invoices/${open.number}/pdf`, { maxRedirects: 0 });
  expect(answer.headers().location).toContain("/sign-in");
});

async function downloaded(page: Page, act: () => Promise<void>): Promise<{ text: string; fileName: string }> {
  const [download] = await Promise.all([page.waitForEvent("download"), act()]);
  const text = await readFile(await download.path(), "utf8");
  return { text, fileName: download.suggestedFilename() };
}

async function referenceOf({ owner }: Scene, { customerId }: Member): Promise<string> {
  const [row] = await owner`select reference from customers where id = ${customerId}`;
  return row?.reference;
}
