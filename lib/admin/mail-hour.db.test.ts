import { afterAll, beforeAll, expect, it } from "vitest";
import { openOwnWorld } from "@/lib/testing/own-world";
import { makeStaff } from "@/lib/testing/staff";
import type { TestWorld } from "@/lib/testing/world";
import { changeMailHour, showMailHour } from "./mail-hour";

let world: TestWorld;

beforeAll(async () => {
  world = await openOwnWorld();
});

afterAll(() => world.close());

it("the hour of mails is nine until an admin sets another, who saw the one that stands", async () => {
  const [admin, finance] = await Promise.all([makeStaff(world, "admin"), makeStaff(world, "finance")]);
  expect(await showMailHour(finance, world)).toEqual({ hour: 9, timeZone: "UTC" });
  expect(await changeMailHour(finance, { hour: "7", seen: "9" }, world)).toMatchObject({
    refusal: { code: "not_allowed" },
  });
  for (const hour of ["23", "-1", "7.5", "", "noon"]) {
    expect(await changeMailHour(admin, { hour, seen: "9" }, world)).toEqual({
      ok: false,
      refusal: { code: "mail_hour_malformed", most: 22 },
    });
  }
  expect(await changeMailHour(admin, { hour: " 7 ", seen: "9" }, world)).toMatchObject({ ok: true });
  expect(await changeMailHour(admin, { hour: "8", seen: "9" }, world)).toMatchObject({
    refusal: { code: "settings_changed" },
  });
  expect(await showMailHour(finance, world)).toEqual({ hour: 7, timeZone: "UTC" });
});
