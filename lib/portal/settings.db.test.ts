import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { transact } from "@/db/transaction";
import { makeActiveService, makeCustomer, makeInvoice, makePlan, makeRenewal } from "@/lib/testing/fixtures";
import { openOwnWorld } from "@/lib/testing/own-world";
import type { TestWorld } from "@/lib/testing/world";
import { changeCompany, changeRecipients } from "./change-company";
import { AccessDenied } from "./scoped";
import { showSettings } from "./show-settings";

const notAllowed = { ok: false, refusal: { code: "not_allowed" } };
const company = { name: "Pond Ltd", address: "1 Reed Lane\nMere", taxId: "de 123", locale: "zh" } as const;
let world: TestWorld;

beforeAll(async () => {
  world = await openOwnWorld();
});

afterAll(() => world.close());

describe("the settings of a customer", () => {
  it("are printed on the invoices to come, by hand and of a renewal, and on none that was issued", async () => {
    const customer = await makeCustomer(world, { name: "Pond" });
    const before = await makeInvoice(world, customer, 500n);
    expect(await changeCompany(customer.actor, company, world)).toMatchObject({ ok: true });
    const after = await makeInvoice(world, customer, 500n);
    const serviceId = await makeActiveService(world, customer, await makePlan(world));
    const renewal = await makeRenewal(world, customer, serviceId);
    const rows = await world.jobs
      .sql`select id, bill_to from invoices where customer_id = ${customer.customerId}`;
    const billTo = (id: string) => rows.find((row) => row.id === id)?.bill_to;
    expect(billTo(before.id)).toMatchObject({ name: "Pond", address: null, taxId: null });
    const changed = { name: "Pond Ltd", address: "1 Reed Lane\nMere", taxId: "DE 123", country: "US" };
    expect(billTo(after.id)).toMatchObject(changed);
    expect(billTo(renewal.id)).toMatchObject(changed);
  });

  it("are shown as they were saved, with what this member may change of them", async () => {
    const customer = await makeCustomer(world);
    await changeCompany(customer.actor, company, world);
    await changeRecipients(customer.actor, { recipients: "Books@pond.example, boss@pond.example" }, world);
    expect(await showSettings(customer.actor, world)).toMatchObject({
      company: {
        name: "Pond Ltd",
        address: "1 Reed Lane\nMere",
        taxId: "DE 123",
        locale: "zh",
        country: "US",
      },
      recipients: ["books@pond.example", "boss@pond.example"],
      role: "owner",
      canChangeCompany: true,
      canChangeRecipients: true,
    });
    await changeRecipients(customer.actor, { recipients: " " }, world);
    expect((await showSettings(customer.actor, world)).recipients).toEqual([]);
  });

  it("stay as they are when anything typed is refused", async () => {
    const customer = await makeCustomer(world);
    const before = await showSettings(customer.actor, world);
    expect(await changeCompany(customer.actor, { ...company, name: " " }, world)).toMatchObject({
      refusal: { code: "company_name_missing" },
    });
    expect(await changeRecipients(customer.actor, { recipients: "a@b.example nobody" }, world)).toMatchObject(
      {
        refusal: { code: "recipient_not_valid", address: "nobody" },
      },
    );
    expect(await showSettings(customer.actor, world)).toEqual(before);
  });

  it("have no name with the host's in it, but keep one that was given before", async () => {
    const customer = await makeCustomer(world);
    const save = (name: string, hostName = "Ducky Cloud") =>
      changeCompany(customer.actor, { ...company, name, hostName }, world);
    expect(await save("Ducky-Cloud Security")).toEqual({
      ok: false,
      refusal: { code: "company_name_has_host", host: "Ducky Cloud" },
    });
    expect(await save("Ducky Cloud Security", "")).toMatchObject({ ok: true });
    expect(await save("Ducky Cloud Security")).toMatchObject({ ok: true });
    expect(await save("Pond Ltd")).toMatchObject({ ok: true });
  });

  it("have a tax id of the customer's country, and one that was kept before is not asked for again", async () => {
    const customer = await makeCustomer(world, { country: "DE" });
    const save = (taxId: string) => changeCompany(customer.actor, { ...company, taxId }, world);
    expect(await save("XX1")).toEqual({
      ok: false,
      refusal: { code: "company_tax_id_wrong", example: "DE136695976" },
    });
    expect(await save("de 136 695 977")).toMatchObject({ refusal: { code: "company_tax_id_wrong" } });
    expect(await save("de 136 695 976")).toMatchObject({ ok: true });
    await transact(
      world.app,
      customer.actor,
      ({ sql }) => sql`update customers set tax_id = 'XX1' where id = ${customer.customerId}`,
    );
    expect(await save("XX1")).toMatchObject({ ok: true });
    expect(await save("XX2")).toMatchObject({ ok: false });
  });

  it("are changed by who may: the company by owners, recipients by those who pay too, nothing once it is closed", async () => {
    const recipients = "books@pond.example";
    for (const [role, mayChangeRecipients] of [
      ["billing", true],
      ["viewer", false],
    ] as const) {
      const customer = await makeCustomer(world, { role });
      expect(await changeCompany(customer.actor, company, world)).toEqual(notAllowed);
      const answer = await changeRecipients(customer.actor, { recipients }, world);
      expect(answer.ok).toBe(mayChangeRecipients);
      expect(await showSettings(customer.actor, world)).toMatchObject({
        canChangeCompany: false,
        canChangeRecipients: mayChangeRecipients,
      });
    }
    const closed = await makeCustomer(world);
    await world.staff
      .sql`update customers set closed_at = ${world.clock.now()} where id = ${closed.customerId}`;
    expect(await changeCompany(closed.actor, company, world)).toEqual(notAllowed);
    expect(await changeRecipients(closed.actor, { recipients }, world)).toEqual(notAllowed);
  });

  it("of another customer are neither shown nor changed", async () => {
    const [customer, other] = [await makeCustomer(world), await makeCustomer(world)];
    const forged = { ...customer.actor, customerId: other.customerId };
    await expect(showSettings(forged, world)).rejects.toBeInstanceOf(AccessDenied);
    expect(await changeCompany(forged, company, world)).toEqual(notAllowed);
  });

  it("are written down in the customer's record with each change, by whom", async () => {
    const customer = await makeCustomer(world);
    await changeCompany(customer.actor, company, world);
    await changeRecipients(customer.actor, { recipients: "books@pond.example" }, world);
    const rows = await world.jobs.sql`
      select verb, user_id, is_visible from activities where customer_id = ${customer.customerId} order by id`;
    const by = { user_id: customer.actor.userId, is_visible: true };
    expect(rows).toEqual([
      { verb: "company_changed", ...by },
      { verb: "recipients_changed", ...by },
    ]);
  });
});
