import type { APIRequestContext, APIResponse } from "@playwright/test";
import { inputFor, unknownIds } from "@/e2e/fixtures/action-inputs";
import { callAction, onPageOf, routes, type ServerAction, serverActions } from "@/e2e/fixtures/actions";
import type { Member, People } from "@/e2e/fixtures/people";
import { expect, test } from "@/e2e/fixtures/portal";
import { portalFacts } from "@/e2e/fixtures/portal-facts";
import type { Scene } from "@/e2e/fixtures/scene";
import { makeVictim, type Victim } from "@/e2e/fixtures/victim";
import { staffRoles } from "@/lib/auth/actor";
import { mayStaff } from "@/lib/auth/staff-rights";

// Everything that the build answers to is found in its manifests, so that what is new is tried as well.
const actions = serverActions();
const pages = routes().filter(({ file, route }) => file.endsWith("/page") && route !== "/_global-error");
const handlers = routes().filter(({ file }) => file.endsWith("/route"));

/** What is only for who is signed in. */
const withSession = actions.filter(({ kind }) => kind !== "public" && kind !== "link");

/** Whether it is about something that could be another's: as all of staff's are. Else it is about the actor's own. */
function namesSomething(action: ServerAction): boolean {
  if (action.kind === "staff") return true;
  const ids = unknownIds();
  const sent = JSON.stringify(inputFor(action, ids));
  const { openInvoice, payToken: _, ...others } = ids;
  return [openInvoice.id, ...Object.values(others)].some((id) => sent.includes(id));
}

/** Pages that open without a session, each with nothing of anybody on it. A new one has to be named here. */
const openPages = [
  "/sign-in",
  "/reset",
  "/reset/[token]",
  "/first-admin/[token]",
  "/admin/sign-in",
  "/admin/invite/[token]",
  "/return/[payment]",
  "/pay/[token]",
  "/invitation/[token]",
  "/time-machine",
  "/_not-found",
];

/** The address of a route that names the victim's things. */
function addressOf(route: string, victim: Victim): string {
  const given: Record<string, string> = {
    number: victim.openInvoice.number,
    payment: victim.paymentId,
    reference: victim.reference,
    draft: "new",
    event: "evt_none",
    notice: victim.paymentId,
    kind: "receipt",
    plan: "none",
    service: victim.serviceId,
    id: victim.serviceId,
    token: "none",
    "...nextauth": "session",
  };
  return route.replace(/\[([^\]]+)\]/g, (_whole, name: string) => {
    const value = given[name];
    if (!value) throw new Error(`${route} is new: say what stands for [${name}]`);
    return value;
  });
}

/** The same, with the victim's things also where lists and other pages take them. */
function queriesOf(path: string, victim: Victim): string[] {
  const query = new URLSearchParams({
    invoice: victim.openInvoice.id,
    q: victim.reference,
    cursor: victim.paymentId,
    customer: victim.customerId,
  });
  return [path, `${path}?${query}`];
}

async function expectNothingOf(victim: Victim, answer: APIResponse): Promise<void> {
  const text = await answer.text();
  for (const mark of victim.marks) expect(text, `${answer.url()} does not show ${mark}`).not.toContain(mark);
}

/** As a document, and as what the router of a page that is open already asks for. */
const renderings: Record<string, string>[] = [{}, { rsc: "1" }];

/** How an action refuses what is another's. */
const notTheirs = [
  "not_allowed",
  "invoice_not_found",
  "payment_not_found",
  "service_not_found",
  "notice_not_found",
  "card_not_found",
  "member_not_found",
  "invitation_not_found",
  "session_not_found",
];

const asked = (path: string) => `${portalFacts().address}${path}`;
const once = { maxRedirects: 0 };

test.describe("signed out", () => {
  test("every page leads to sign-in, or shows nothing of anybody", async ({ people, scene, request }) => {
    const victim = await makeVictim(scene, people);
    const before = await victim.digest();
    for (const { route } of pages.filter((page) => page.route !== "/return/[payment]")) {
      for (const path of queriesOf(addressOf(route, victim), victim)) {
        for (const headers of renderings) {
          const answer = await render(request, path, headers);
          await expectNothingOf(victim, answer);
          if (openPages.includes(route)) continue;
          const text = await answer.text();
          const leadsAway = [301, 302, 303, 307, 308].includes(answer.status())
            ? answer.headers().location
            : /NEXT_REDIRECT;\w+;([^;]+);/.exec(text)?.[1];
          expect(leadsAway, `${route} leads to sign-in`).toMatch(/\/sign-in(\?|$)/);
        }
      }
    }
    // This one settles, which is what it is for, and shows nothing.
    await expectNothingOf(victim, await request.get(asked(`/return/${victim.paymentId}`)));
    expect(await victim.digest()).toBe(before);
  });

  test("every handler answers nothing of anybody, by whatever method", async ({ people, scene, request }) => {
    const victim = await makeVictim(scene, people);
    const before = await victim.digest();
    for (const { route } of handlers) {
      for (const method of ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]) {
        const answer = await request.fetch(asked(addressOf(route, victim)), { ...once, method });
        expect(answer.status(), `${method} ${route}`).toBeLessThan(500);
        await expectNothingOf(victim, answer);
      }
    }
    expect(await victim.digest()).toBe(before);
  });

  test("every action that is for who is signed in is refused", async ({ people, scene, request }) => {
    const victim = await makeVictim(scene, people);
    const before = await victim.digest();
    for (const action of withSession) {
      await expectRefused({ victim, before, request, action }, ["signed_out"]);
    }
  });
});

test.describe("as somebody else's", () => {
  for (const role of ["viewer", "owner"] as const) {
    test(`${role}, every page answers as if there were nothing`, async ({ people, scene, requestOf }) => {
      const victim = await makeVictim(scene, people);
      const request = await requestOf(await people.customer({ role }));
      const before = await victim.digest();
      for (const { route } of pages) {
        for (const path of queriesOf(addressOf(route, victim), victim)) {
          for (const headers of renderings) {
            const answer = await render(request, path, headers);
            expect(answer.status(), path).toBeLessThan(500);
            await expectNothingOf(victim, answer);
            // The router is told in the text what a document is told by its status.
            const isHidden = answer.status() === 404 || /NEXT_\w+;404/.test(await answer.text());
            if (route.startsWith("/admin") && !openPages.includes(route)) expect(isHidden, path).toBe(true);
          }
        }
      }
      expect(await victim.digest()).toBe(before);
    });

    test(`${role}, every handler answers nothing of anybody else`, async ({ people, scene, requestOf }) => {
      const victim = await makeVictim(scene, people);
      const request = await requestOf(await people.customer({ role }));
      const before = await victim.digest();
      for (const { route } of handlers) {
        for (const path of queriesOf(addressOf(route, victim), victim)) {
          const answer = await request.get(asked(path), once);
          expect(answer.status(), path).toBeLessThan(500);
          await expectNothingOf(victim, answer);
          // A paper is compressed: that there is none is all that its bytes can prove.
          const namesTheirs = route.includes("[") && !route.startsWith("/api/");
          if (namesTheirs) expect(answer.status(), path).toBe(404);
        }
      }
      expect(await victim.digest()).toBe(before);
    });

    test(`${role}, every action about the actor's own touches nothing of anybody else`, async ({
      people,
      scene,
      requestOf,
    }) => {
      const victim = await makeVictim(scene, people);
      const before = await victim.digest();
      for (const action of withSession.filter((one) => !namesSomething(one))) {
        // Somebody new for each: what it does of their own may end their session.
        const own = await people.customer({ role });
        const request = await requestOf(own);
        const asked = onPageOf(own.customerId, action);
        const answer = JSON.stringify(await callAction(request, asked, inputFor(action, victim)));
        for (const mark of victim.marks) expect(answer, action.name).not.toContain(mark);
        expect(await victim.digest(), action.name).toBe(before);
      }
    });

    test(`${role}, every action that names something is refused as for what does not exist`, async ({
      people,
      scene,
      requestOf,
    }) => {
      const victim = await makeVictim(scene, people);
      const before = await victim.digest();
      const own = await people.customer({ role });
      const request = await requestOf(own);
      for (const action of withSession.filter(namesSomething)) {
        const asked = onPageOf(own.customerId, action);
        const refusal = await expectRefused({ victim, before, request, action: asked }, notTheirs);
        const unknown = await callAction(request, asked, inputFor(action, unknownIds()));
        expect(unknown.value?.refusal, action.name).toEqual(refusal);
      }
    });
  }
});

test.describe("as staff", () => {
  for (const role of staffRoles) {
    test(`${role}, every action is let in or refused as the table of rights says`, async ({
      people,
      scene,
      requestOf,
    }) => {
      const victim = await makeVictim(scene, people);
      const request = await requestOf(await people.staff(role));
      const before = await victim.digest();
      for (const action of actions.filter(({ kind }) => kind === "staff")) {
        const isTheirs = action.right !== null && mayStaff(role, action.right);
        // Who is let in is told that it says nothing; whoever is not, is told that before anything is read.
        const input = isTheirs ? { nonsense: "" } : inputFor(action, victim);
        const { value } = await callAction(request, action, input);
        expect(value?.refusal?.code, `${action.name} as ${role}`).toBe(
          isTheirs ? "invalid_input" : "not_allowed",
        );
      }
      expect(await victim.digest()).toBe(before);
    });

    test(`${role}, what is a customer's own is refused`, async ({ people, scene, requestOf }) => {
      const victim = await makeVictim(scene, people);
      const request = await requestOf(await people.staff(role));
      const before = await victim.digest();
      for (const action of actions.filter(({ kind }) => kind === "customer")) {
        const { value } = await callAction(request, action, inputFor(action, victim));
        expect(value?.refusal?.code, `${action.name} as ${role}`).toBe("not_allowed");
      }
      expect(await victim.digest()).toBe(before);
    });
  }
});

test.describe("on a page of another customer", () => {
  test("every action of customers is refused, with both names, and does nothing", async ({
    people,
    scene,
    requestOf,
  }) => {
    const victim = await makeVictim(scene, people);
    const now = await people.customer({ name: "Birch Ltd" });
    // One person, who belongs to both and looks at the second.
    await scene.owner`
      insert into memberships (customer_id, user_id, role, created_at)
      values (${now.customerId}, ${victim.userId}, 'owner', now())`;
    const request = await requestOf(victim.member);
    const headers = { origin: portalFacts().address, cookie: await lookingAt(request, now.customerId) };
    const before = await victim.digest();
    for (const action of actions.filter(({ kind }) => kind === "customer")) {
      const answer = await callAction(
        request,
        { ...action, shown: victim.customerId },
        inputFor(action, victim),
        headers,
      );
      const { value } = answer;
      expect(value?.refusal?.code, `${action.name}: ${JSON.stringify(answer)}`).toBe("other_customer");
      expect(value?.refusal?.sentence, action.name).toContain(victim.member.name);
      expect(value?.refusal?.sentence, action.name).toContain("Birch Ltd");
    }
    expect(await victim.digest()).toBe(before);
  });

  test("with script, a form says so and changes neither", async ({ people, scene, pageOf }) => {
    const [first, now] = await twoOfOne(people, scene);
    const page = await pageOf(first);
    await page.goto("/settings");
    const form = page.locator("form").filter({ has: page.getByLabel("Name", { exact: true }) });
    await form.getByLabel("Name", { exact: true }).fill("Changed Ltd");
    // In the other tab.
    const url = portalFacts().address;
    await page.context().addCookies([{ name: "mallard_customer", value: now.customerId, url }]);
    await form.getByRole("button").click();
    await expect(page.getByText(aboutAlder)).toBeVisible();
    expect(await namesOf(scene, first, now)).toEqual(["Alder Ltd", "Birch Ltd"]);
  });

  test("without script, a form says so and changes neither", async ({ people, scene, requestOf }) => {
    const [first, now] = await twoOfOne(people, scene);
    const request = await requestOf(first);
    const shown = await (await request.get(asked("/settings"))).text();
    const form = /<form[^>]*>(?:(?!<\/form>).)*name="name"(?:(?!<\/form>).)*<\/form>/s.exec(shown)?.[0] ?? "";
    const fields = [...form.matchAll(/<input type="hidden" name="([^"]+)"(?: value="([^"]*)")?/g)].map(
      ([, name = "", value = ""]) =>
        [name, value.replaceAll("&quot;", '"').replaceAll("&amp;", "&")] as const,
    );
    expect(fields.length, form).toBeGreaterThan(0);
    const typed = {
      ...Object.fromEntries(fields),
      name: "Changed Ltd",
      address: "",
      taxId: "",
      locale: "en",
    };
    const send = (customerId: string) =>
      lookingAt(request, customerId).then((cookie) =>
        request.post(asked("/settings"), {
          headers: { origin: portalFacts().address, cookie },
          multipart: typed,
        }),
      );
    expect(await (await send(now.customerId)).text()).toContain(aboutAlder);
    expect(await namesOf(scene, first, now)).toEqual(["Alder Ltd", "Birch Ltd"]);
    await send(first.customerId);
    expect(await namesOf(scene, first, now)).toEqual(["Birch Ltd", "Changed Ltd"]);
  });
});

const aboutAlder = "This page is about Alder Ltd, but you have switched to Birch Ltd.";

/** One person's two customers: the first is looked at until they switch. */
async function twoOfOne(people: People, { owner }: Scene): Promise<[Member, Member]> {
  const first = await people.customer({ name: "Alder Ltd" });
  const now = await people.customer({ name: "Birch Ltd" });
  await owner`
    insert into memberships (customer_id, user_id, role, created_at)
    values (${now.customerId}, ${first.userId}, 'owner', now() + interval '1 second')`;
  return [first, now];
}

async function namesOf({ owner }: Scene, ...of: Member[]): Promise<string[]> {
  const rows =
    await owner`select name from customers where id = any(${of.map((one) => one.customerId)}) order by name`;
  return rows.map(({ name }) => name);
}

/** The cookies of somebody who has switched to this customer. */
async function lookingAt(request: APIRequestContext, customerId: string): Promise<string> {
  const { cookies } = await request.storageState();
  const kept = cookies.filter(({ name }) => name !== "mallard_customer");
  return [...kept, { name: "mallard_customer", value: customerId }]
    .map(({ name, value }) => `${name}=${value}`)
    .join("; ");
}

/** Where a request pretends to come from, and how that is refused: by Next before the action runs, or by its wrapper. */
const origins: [string, () => Record<string, string>][] = [
  ["a foreign Origin", () => ({ origin: "https://evil.example" })],
  ["no Origin", () => ({})],
  ["the Origin null", () => ({ origin: "null" })],
  [
    "a foreign Origin and a forged X-Forwarded-Host",
    () => ({ origin: "https://evil.example", "x-forwarded-host": "evil.example" }),
  ],
  [
    "a foreign Origin and a forged Forwarded",
    () => ({ origin: "https://evil.example", forwarded: "host=evil.example;proto=https" }),
  ],
  [
    "an Origin that only begins like ours",
    () => ({ origin: portalFacts().address.replace("localhost", "localhost.evil.example") }),
  ],
];

test.describe("from elsewhere", () => {
  for (const [what, headers] of origins) {
    test(`${what}: every action is refused to whom it is for`, async ({ people, scene, requestOf }) => {
      const victim = await makeVictim(scene, people);
      const [own, staff] = [await requestOf(victim.member), await requestOf(await people.staff("admin"))];
      const before = await victim.digest();
      for (const action of actions) {
        const request = action.kind === "staff" ? staff : own;
        const asked = onPageOf(victim.customerId, action);
        const answer = await callAction(request, asked, inputFor(action, victim), headers());
        const isRefused =
          answer.value === undefined ? answer.status >= 400 : answer.value.refusal?.code === "foreign_origin";
        expect(isRefused, `${action.name}: ${JSON.stringify(answer)}`).toBe(true);
      }
      expect(await victim.digest()).toBe(before);
    });

    test(`${what}: nobody is signed in or out`, async ({ people, scene, requestOf }) => {
      const customer = await people.customer();
      const request = await requestOf(customer);
      for (const path of ["callback/credentials", "signout"]) {
        const answer = await request.post(asked(`/api/auth/${path}`), {
          headers: headers(),
          form: { json: "true" },
        });
        expect(answer.status(), path).toBe(403);
      }
      const [row] = await scene.owner`
        select count(*)::int as count from sessions where user_id = ${customer.userId} and revoked_at is null`;
      expect(row?.count).toBe(1);
    });
  }
});

test("every action refuses fields that its page does not send", async ({ people, scene, requestOf }) => {
  // Several hundred requests, one after the other.
  test.setTimeout(240_000);
  const victim = await makeVictim(scene, people);
  const [own, staff] = [await requestOf(victim.member), await requestOf(await people.staff("admin"))];
  const before = await victim.digest();
  for (const action of actions) {
    const request = action.kind === "staff" ? staff : own;
    const input = inputFor(action, victim);
    const { customerId, userId } = victim;
    const more = {
      amountMinor: "1",
      amount: "1",
      role: "owner",
      status: "paid",
      customerId,
      userId,
      actor: {},
    };
    const asked = onPageOf(victim.customerId, action);
    const added = Object.entries(more).filter(([name]) => input[name] === undefined);
    // All at once, and each is named as one that was not understood.
    const { value } = await callAction(request, asked, { ...input, ...Object.fromEntries(added) });
    expect(value, action.name).toMatchObject({
      ok: false,
      refusal: { code: "invalid_input", fields: added.map(([name]) => name) },
    });
    for (const nonsense of [null, [], "text", 1, { ...input, __proto__: null, constructor: {} }]) {
      const answer = await callAction(request, asked, nonsense);
      expect(answer.value?.refusal?.code, `${action.name} with ${JSON.stringify(nonsense)}`).toBe(
        "invalid_input",
      );
    }
  }
  expect(await victim.digest()).toBe(before);
});

test.describe("by a pay link", () => {
  test("its page shows the invoice that it is for, and nothing else of the customer", async ({
    people,
    scene,
    request,
  }) => {
    const victim = await makeVictim(scene, people);
    const before = await victim.digest();
    for (const headers of renderings) {
      const answer = await render(request, `/pay/${victim.payToken}`, headers);
      const text = await answer.text();
      expect(text).toContain(victim.openInvoice.number);
      expect(text).toContain("9,876.54");
      for (const mark of victim.marks.filter((mark) => mark !== "9,876.54")) expect(text).not.toContain(mark);
      for (const id of [victim.customerId, victim.member.userId, victim.reference]) {
        expect(text).not.toContain(id);
      }
    }
    expect(await victim.digest()).toBe(before);
  });

  for (const action of actions.filter(({ kind }) => kind === "link")) {
    test(`${action.name} is refused without the link, with another one, and for another invoice`, async ({
      people,
      scene,
      request,
    }) => {
      const [victim, other] = [await makeVictim(scene, people), await makeVictim(scene, people)];
      const input = inputFor(action, victim);
      const flipped = victim.payToken.replace(/.$/, (last) => (last === "A" ? "B" : "A"));
      for (const token of ["", "none", flipped, other.payToken]) {
        const before = await victim.digest();
        const { value } = await callAction(request, action, { ...input, token });
        expect(["pay_link_not_valid", "invoice_not_found"]).toContain(value?.refusal?.code);
        expect(await victim.digest()).toBe(before);
      }
      const before = await victim.digest();
      const { value } = await callAction(request, action, {
        ...inputFor(action, victim),
        invoiceIds: [other.openInvoice.id],
      });
      expect(["pay_link_not_valid", "invoice_not_found"]).toContain(value?.refusal?.code);
      expect(await victim.digest()).toBe(before);
    });
  }
});

test("every route ends the connection of who sends it too much", async ({ request }) => {
  const handlers = routes().filter(({ file }) => file.endsWith("/route"));
  expect(handlers.length).toBeGreaterThan(10);
  for (const { route } of [...handlers, { route: "/sign-in" }, { route: "/nope" }]) {
    const path = route.replace(/\[[^\]]+\]/g, "some");
    const answer = await request.post(path, { data: Buffer.alloc(1_100_000, "x"), maxRedirects: 0 });
    expect([path, answer.status(), answer.headers().connection]).toEqual([path, 413, "close"]);
  }
});

test("the webhook takes only what Stripe has signed", async ({ request, scene }) => {
  const url = asked("/api/stripe/webhook");
  const body = JSON.stringify({ id: "evt_forged", object: "event", type: "checkout.session.completed" });
  const signatures = [undefined, "", "t=1,v1=00", `t=${Math.floor(Date.now() / 1000)},v1=${"0".repeat(64)}`];
  for (const signature of signatures) {
    const answer = await request.post(url, {
      headers: {
        "content-type": "application/json",
        ...(signature !== undefined && { "stripe-signature": signature }),
      },
      data: body,
    });
    expect(answer.status()).toBe(400);
  }
  const large = await request.post(url, { data: Buffer.alloc(2_000_000, "x") });
  expect([400, 413]).toContain(large.status());
  expect(await scene.owner`select id from stripe_events where id = 'evt_forged'`).toEqual([]);
});

test("the route of bounces takes nothing from who does not know its secret", async ({ request }) => {
  const url = asked("/api/mail/bounces");
  for (const authorization of [undefined, "", "Bearer", "Bearer x", "Basic eDp4"]) {
    const answer = await request.post(url, {
      headers: { ...(authorization !== undefined && { authorization }) },
      data: "Content-Type: multipart/report",
    });
    expect(answer.status()).toBe(401);
  }
});

test("every page forbids framing and sniffing, and is not kept by any cache", async ({
  people,
  requestOf,
  scene,
}) => {
  const victim = await makeVictim(scene, people);
  const request = await requestOf(victim.member);
  for (const { route } of pages) {
    const answer = await request.get(asked(addressOf(route, victim)), once);
    expect(answer.headers(), route).toMatchObject({
      "x-content-type-options": "nosniff",
      "x-frame-options": "DENY",
    });
    expect(answer.headers()["cache-control"] ?? "", route).toMatch(/no-store|no-cache/);
    expect(answer.headers()["x-powered-by"], route).toBeUndefined();
  }
});

async function render(
  request: APIRequestContext,
  path: string,
  headers: Record<string, string>,
): Promise<APIResponse> {
  const answer = await request.get(asked(path), { ...once, headers });
  const location = answer.headers().location ?? "";
  // The router's requests carry a mark of their own in the address, and are first sent to it.
  return location.includes("_rsc") ? request.get(asked(location), { ...once, headers }) : answer;
}

interface Attempt {
  readonly victim: Victim;
  /** The victim's digest as it was. */
  readonly before: string;
  readonly request: APIRequestContext;
  readonly action: ServerAction;
}

/** Refused with one of these codes, and nothing of the victim's has changed; returns the refusal. */
async function expectRefused(
  { victim, before, request, action }: Attempt,
  codes: readonly string[],
): Promise<{ code: string } | undefined> {
  const { value } = await callAction(request, action, inputFor(action, victim));
  expect(codes, `${action.name}: ${JSON.stringify(value)}`).toContain(value?.refusal?.code);
  expect(value?.ok, action.name).toBe(false);
  expect(await victim.digest(), action.name).toBe(before);
  return value?.refusal;
}
