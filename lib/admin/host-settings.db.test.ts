import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { transact } from "@/db/transaction";
import { readHost } from "@/lib/paper/read-host";
import { openOwnWorld } from "@/lib/testing/own-world";
import { makeStaff } from "@/lib/testing/staff";
import type { TestWorld } from "@/lib/testing/world";
import { changeHostSettings, type HostKey, showHostSettings } from "./host-settings";

let world: TestWorld;

beforeAll(async () => {
  world = await openOwnWorld();
});

afterAll(() => world.close());

const values: Record<HostKey, string> = {
  host_name: "Ducky Cloud",
  host_address: "1 Pond Road\n12345 Lake",
  host_tax_id: "DE123456788",
  bank_account_holder: "Ducky Cloud GmbH",
  bank_account: "DE89370400440532013000",
  bank_bic: "",
  bank_name: "",
};

/** One red pixel. */
const png = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==",
  "base64",
);

async function change(given: Partial<Parameters<typeof changeHostSettings>[1]> = {}) {
  const admin = await makeStaff(world, "admin");
  const { version } = await showHostSettings(admin, world);
  return changeHostSettings(admin, { version, values, logo: "keep", ...given }, world);
}

const onPapers = () =>
  transact(world.staff, {}, ({ sql }) => readHost(sql, { hostName: "From the environment" }, "UTC"));

describe("the host's settings", () => {
  it("are kept with their logo, stand on papers, and are in the record", async () => {
    expect((await onPapers()).name).toBe("From the environment");
    expect(await change({ logo: png })).toMatchObject({ ok: true });
    const host = await onPapers();
    expect(host).toMatchObject({ name: "Ducky Cloud", address: "1 Pond Road\n12345 Lake" });
    expect(await sharp(host.logo ?? undefined).metadata()).toMatchObject({
      format: "png",
      width: 1,
      height: 1,
    });
    expect(await change({ values: { ...values, host_name: "  Ducky \n Clouds " } })).toMatchObject({
      ok: true,
    });
    expect(await onPapers()).toMatchObject({ name: "Ducky Clouds", logo: expect.anything() });
    expect(await change({ logo: "remove" })).toMatchObject({ ok: true });
    expect((await onPapers()).logo).toBeNull();
    const [row] = await world.staff
      .sql`select count(*)::int as count from activities where verb = 'host_changed'`;
    expect(row?.count).toBe(3);
    const [second] = await world.staff
      .sql`select detail from activities where verb = 'host_changed' order by id offset 1 limit 1`;
    expect(second?.detail).toEqual({ host_name_from: "Ducky Cloud", host_name_to: "Ducky Clouds" });
  });

  it("tell every admin by mail where the bank account is another one, and only then", async () => {
    const count = async () =>
      (await world.jobs.sql`select from login_mails where kind = 'bank_account_changed'`).length;
    await change();
    const before = await count();
    await change({ values: { ...values, host_address: "2 Pond Road" } });
    expect(await count()).toBe(before);
    await change({ values: { ...values, bank_account: "DE02 1203 0000 0000 2020 51" } });
    expect(await count()).toBeGreaterThan(before);
  });

  it("are refused where a sentence can say what is wrong, and nothing of them is kept", async () => {
    const admin = await makeStaff(world, "admin");
    const before = await showHostSettings(admin, world);
    const refusal = async (given: Parameters<typeof change>[0]) => {
      const answer = await change(given);
      return answer.ok ? null : answer.refusal;
    };
    expect(await refusal({ values: { ...values, host_name: " \0 " } })).toEqual({
      code: "host_name_missing",
    });
    expect(await refusal({ values: { ...values, host_name: "x".repeat(101) } })).toEqual({
      code: "host_text_too_long",
      most: 100,
    });
    expect(await refusal({ values: { ...values, bank_account: "" } })).toEqual({ code: "bank_half" });
    expect(await refusal({ logo: Buffer.from("<svg/>") })).toEqual({ code: "logo_no_picture" });
    expect(await refusal({ logo: png.subarray(0, 40) })).toEqual({ code: "logo_no_picture" });
    expect(await refusal({ logo: new Uint8Array(500_001) })).toEqual({ code: "logo_too_large", most: 500 });
    expect(await showHostSettings(admin, world)).toEqual(before);
  });

  it("are changed by one of two at once, and the other is told", async () => {
    const [one, other] = [await makeStaff(world, "admin"), await makeStaff(world, "admin")];
    const { version } = await showHostSettings(one, world);
    const wish = (host_name: string) => ({
      version,
      values: { ...values, host_name },
      logo: "keep" as const,
    });
    const answers = await Promise.all([
      changeHostSettings(one, wish("One"), world),
      changeHostSettings(other, wish("Other"), world),
    ]);
    expect(answers.filter(({ ok }) => ok)).toHaveLength(1);
    expect(answers.find(({ ok }) => !ok)).toEqual({ ok: false, refusal: { code: "settings_changed" } });
    const winner = answers[0].ok ? "One" : "Other";
    expect((await showHostSettings(one, world)).values.host_name).toBe(winner);
  });

  it("are for admins to change", async () => {
    for (const role of ["auditor", "support", "finance"] as const) {
      const actor = await makeStaff(world, role);
      const { version } = await showHostSettings(actor, world);
      expect(await changeHostSettings(actor, { version, values, logo: "keep" }, world)).toEqual({
        ok: false,
        refusal: { code: "not_allowed" },
      });
    }
  });
});
