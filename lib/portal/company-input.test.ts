import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { companyLimits, companyOf, recipientsMost, recipientsOf } from "./company-input";

const typed = { name: "Pond Ltd", address: "", taxId: "", locale: "en" };

describe("what a customer types about the company", () => {
  it("is kept as it is printed: single spaces, lines without empty ones, the tax id in capitals", () => {
    const given = {
      ...typed,
      name: "  Pond \t Ltd ",
      address: "1 Reed Lane \r\n\n  Mere\n",
      taxId: " de 123.456-7 ",
    };
    expect(companyOf(given)).toEqual({
      ok: true,
      value: { name: "Pond Ltd", address: "1 Reed Lane\nMere", taxId: "DE 123.456-7", locale: "en" },
    });
  });

  it("may leave out address and tax id", () => {
    expect(companyOf(typed)).toMatchObject({ value: { address: null, taxId: null } });
  });

  it.each([
    ["a name of nothing but space", { name: " \n " }, "company_name_missing"],
    ["an over-long name", { name: "x".repeat(201) }, "company_name_too_long"],
    ["a web address in the name", { name: "Pond, see https://evil.example" }, "company_name_has_address"],
    ["an e-mail address in the name", { name: "Pond me@evil.example" }, "company_name_has_address"],
    ["an over-long address", { address: "x".repeat(501) }, "company_address_too_long"],
    ["an address of too many lines", { address: "a\nb\nc\nd\ne\nf\ng" }, "company_address_too_long"],
    ["an over-long tax id", { taxId: "1".repeat(41) }, "company_tax_id_not_valid"],
    ["a tax id of markup", { taxId: "<b>1</b>" }, "company_tax_id_not_valid"],
  ])("is refused with %s", (_what, wrong, code) => {
    expect(companyOf({ ...typed, ...wrong })).toMatchObject({ ok: false, refusal: { code } });
  });

  it("whatever it is, stays within its limits and says the same when it is typed again", () => {
    const text = fc.string({ unit: "binary", maxLength: 300 });
    fc.assert(
      fc.property(text, text, text, (name, address, taxId) => {
        const read = companyOf({ name, address, taxId, locale: "en" });
        if (!read.ok) return;
        expect(read.value.name.length).toBeLessThanOrEqual(companyLimits.name);
        expect(read.value.name).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u);
        const again = { ...read.value, address: read.value.address ?? "", taxId: read.value.taxId ?? "" };
        expect(companyOf(again)).toEqual(read);
      }),
    );
  });
});

describe("who gets the mails about invoices", () => {
  it("is read from lines and commas alike, each address once and in lower case", () => {
    expect(recipientsOf(" Books@Pond.example,\nceo@pond.example; books@pond.example\n")).toEqual({
      ok: true,
      value: ["books@pond.example", "ceo@pond.example"],
    });
    expect(recipientsOf(" \n ")).toEqual({ ok: true, value: [] });
  });

  it("is refused with the address that is none, and above the most", () => {
    expect(recipientsOf("books@pond.example, nobody")).toMatchObject({
      refusal: { code: "recipient_not_valid", address: "nobody" },
    });
    const many = Array.from({ length: recipientsMost + 1 }, (_, index) => `a${index}@pond.example`);
    expect(recipientsOf(many.join("\n"))).toMatchObject({
      refusal: { code: "too_many_recipients", most: 10 },
    });
    expect(recipientsOf(many.slice(1).join("\n"))).toMatchObject({ ok: true });
  });
});
