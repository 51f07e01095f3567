import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { listInvoices as listOwnInvoices } from "@/lib/portal/list-invoices";
import type { InvoiceFilter } from "@/lib/portal/shapes";
import { makeCustomer, makeInvoice, type TestCustomer } from "@/lib/testing/fixtures";
import { openQuietStripe, type QuietStripeScene } from "@/lib/testing/quiet-stripe";
import { makeStaff } from "@/lib/testing/staff";
import { findCustomers } from "./find-customers";
import { listInvoices } from "./list-invoices";
import type { StaffActor } from "./shapes";

/** The same name as most keyboards type it, and as a Mac writes it into a file's name: letter and accent apart. */
const composed = "Gänsehof Müller";
const decomposed = composed.normalize("NFD");

const ownFilter: InvoiceFilter = {
  status: [],
  issuedFrom: null,
  issuedTo: null,
  amountFrom: null,
  amountTo: null,
  serviceId: null,
  text: null,
  sort: "issued",
  cursor: null,
};

let scene: QuietStripeScene;
let staff: StaffActor;
let owner: postgres.Sql;
const customers: { name: string; customer: TestCustomer }[] = [];

beforeAll(async () => {
  scene = await openQuietStripe();
  staff = await makeStaff(scene.world, "auditor");
  owner = postgres(scene.databaseUrl, { max: 1, onnotice: () => {} });
  for (const name of [composed, decomposed]) {
    const customer = await makeCustomer(scene.world);
    const { id } = await makeInvoice(scene.world, customer, 1000n);
    await owner`update customers set name = ${name} where id = ${customer.customerId}`;
    await owner`update invoices set summary = ${`for ${name}`} where id = ${id}`;
    customers.push({ name, customer });
  }
});

afterAll(async () => {
  await owner.end();
  await scene.close();
});

describe("a search", () => {
  for (const typed of [composed, decomposed, decomposed.toUpperCase()]) {
    it(`finds names in either form by ${JSON.stringify(typed)}`, async () => {
      expect(await findCustomers(staff, { text: typed }, scene.world)).toHaveLength(2);
      const filter = { status: [], text: typed, from: null, to: null, cursor: null };
      expect((await listInvoices(staff, filter, scene.world)).rows).toHaveLength(2);
      for (const { customer } of customers) {
        const own = { ...ownFilter, text: typed };
        expect((await listOwnInvoices(customer.actor, own, scene.world)).page.rows).toHaveLength(1);
      }
    });
  }

  it("compares composed letters, wherever there is one", () => {
    const root = fileURLToPath(new URL("../..", import.meta.url));
    const compared: string[] = [];
    for (const folder of ["app", "lib"]) {
      for (const file of readdirSync(path.join(root, folder), { recursive: true }).map(String)) {
        if (!/\.tsx?$/.test(file) || /\.test\./.test(file)) continue;
        const text = readFileSync(path.join(root, folder, file), "utf8");
        compared.push(...(text.match(/\S+ i?like \$\{.*?\}/g) ?? []).map((found) => `${file}: ${found}`));
      }
    }
    expect(compared.length).toBeGreaterThan(10);
    for (const found of compared) expect(found).toMatch(/\bnormalize\([^)]+\) ilike \$\{like\}/);
  });
});
