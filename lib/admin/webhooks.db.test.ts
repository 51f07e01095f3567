import { afterAll, beforeAll, expect, it } from "vitest";
import { openOwnWorld } from "@/lib/testing/own-world";
import { makeStaff } from "@/lib/testing/staff";
import type { TestWorld } from "@/lib/testing/world";
import { addEndpoint, disableEndpoint, showWebhooks } from "./webhooks";

let world: TestWorld;

beforeAll(async () => {
  world = await openOwnWorld();
});
afterAll(() => world.close());

it("an endpoint is in the record when it is registered and ended, and every admin is told of a new one", async () => {
  const [admin, other] = [await makeStaff(world, "admin", "Ada"), await makeStaff(world, "admin")];
  const support = await makeStaff(world, "support");
  expect(await addEndpoint(support, { url: "https://panel.example.com/x", note: "" }, world)).toMatchObject({
    refusal: { code: "not_allowed" },
  });
  expect(await addEndpoint(admin, { url: "https://panel.example.com/hooks", note: "" }, world)).toMatchObject(
    {
      ok: true,
    },
  );
  const told = await world.jobs.sql`select email, detail from login_mails where kind = 'endpoint_added'`;
  expect(told.map(({ email }) => email).sort()).toEqual([admin.email, other.email].sort());
  expect(told[0]?.detail).toEqual({ by: "Ada", host: "panel.example.com" });
  const { endpoints } = await showWebhooks(admin, world);
  const endpointId = endpoints[0]?.id ?? "";
  expect(await disableEndpoint(admin, { endpointId }, world)).toMatchObject({ ok: true });
  expect(await disableEndpoint(admin, { endpointId }, world)).toMatchObject({ ok: false });
  const record = await world.jobs.sql`
    select verb, user_id, detail from activities where verb in ('endpoint_added', 'endpoint_ended') order by id`;
  expect(record).toMatchObject([
    { verb: "endpoint_added", user_id: admin.userId, detail: { name: "panel.example.com" } },
    { verb: "endpoint_ended", user_id: admin.userId },
  ]);
});
