import { type Database, openDatabase } from "@/db/client";
import { hashPassword } from "@/lib/auth/password";
import { usualMailHour } from "@/lib/billing/reminder/mail-hour";
import { issueRenewal } from "@/lib/billing/renewal/issue-renewal";
import { orderService } from "@/lib/billing/service/order-service";
import { stopServices } from "@/lib/billing/suspension/stop-services";
import type { World } from "@/lib/billing/world";
import { instantMethods } from "@/lib/gateway/offered-methods";
import { stripeGateway } from "@/lib/gateway/stripe";
import { deliverOutbox } from "@/lib/jobs/deliver-outbox";
import { remindCustomers } from "@/lib/jobs/remind-customers";
import { addCalendarDays, atHour, calendarDay } from "@/lib/kernel/calendar";
import { type ManualClock, manualClock } from "@/lib/kernel/clock";
import {
  type CustomerId,
  newId,
  type PlanId,
  type ServiceId,
  type SessionId,
  type UserId,
} from "@/lib/kernel/id";
import { purposeKeys } from "@/lib/kernel/purpose-key";
import type { Settings } from "@/lib/kernel/settings";
import { createMailer, type Mailer } from "@/lib/mail/mailer";
import { demoCast, demoPassword } from "@/lib/portal/demo-logins";
import type { CustomerActor } from "@/lib/portal/shapes";
import { playBank } from "./demo-bank";
import { type DemoCustomer, type DemoService, demoCustomers, demoPlans, demoStaff } from "./demo-cast";
import { demoCrowd } from "./demo-crowd";
import { playHabits } from "./demo-habits";
import { playLastDay } from "./demo-last-day";
import { apologise, pay, transfer } from "./demo-money";
import { connectPanel, type DemoStaff, playHost, playStaff } from "./demo-staff-acts";

export { demoCast as demoLogins, demoPassword } from "@/lib/portal/demo-logins";

const dayMs = 24 * 3_600_000;

interface Stage extends World {
  readonly clock: ManualClock;
  readonly staff: Database;
  readonly today: Date;
  readonly plans: ReadonlyMap<string, PlanId>;
  /** Who of the staff records what comes by bank. */
  readonly bookkeeper: UserId;
}

interface Player extends DemoCustomer {
  customerId: CustomerId;
  reference: string;
  actor: CustomerActor;
}

interface SeedOptions {
  settings: Settings;
  /** Of the demo's control panel, where one runs: its endpoint is registered. */
  panelSecret?: string | null;
}

/**
 * Plays "Ducky Cloud" through the use cases that people use, from thirteen months ago until now, so that its books
 * balance: orders, renewals, payments from the balance, and at the end payments by card in every state. The same cast
 * gives the same world, with dates relative to today. Only for the embedded database with the local Stripe.
 */
export async function seedDemo({ settings, panelSecret = null }: SeedOptions): Promise<void> {
  if (settings.world !== "demo" || !settings.stripeApiBase) throw new Error("only a demo world is seeded");
  const opened = await openStage(settings);
  try {
    const staff = await makeStaff(opened);
    const stage = { ...opened, bookkeeper: staff.finance.userId };
    await playHost(stage, staff);
    const players = [];
    for (const [index, customer] of [...demoCustomers, ...demoCrowd].entries())
      players.push(await makePlayer(stage, customer, index));
    const mailer = createMailer(settings);
    const last = {
      mailer,
      connect: () => connectPanel(stage, staff, { panelUrl: settings.panelUrl, panelSecret }),
    };
    await playHistory(stage, players, lastWeek(stage, last));
    stage.clock.set(stage.today);
    for (const player of players) await playLastDay(stage, player, settings);
    await playHabits(stage, { players, staff, mailer, settings });
    await playBank(stage, {
      quiet: players.slice(demoCustomers.length).filter(({ card, ending }) => !card && !ending),
      drafted: players.find(({ name }) => name === "Marigold Studio"),
      userId: staff.finance.userId,
    });
    const apologisedTo = players.find(({ name }) => name === "Nadia Grèbe");
    if (apologisedTo) await apologise(stage, apologisedTo, staff.support.userId);
    await playStaff(stage, { staff, players, mailer });
  } finally {
    await Promise.all([opened.app.close(), opened.jobs.close(), opened.staff.close()]);
  }
}

async function openStage(settings: Settings): Promise<Omit<Stage, "bookkeeper">> {
  const { app, jobs, staff: ofStaff } = settings.databaseUrls;
  const today = new Date();
  const clock = manualClock(new Date(today.getTime() - 420 * dayMs));
  const staff = openDatabase({ url: ofStaff, role: "mallard_staff", max: 2 });
  return {
    app: openDatabase({ url: app, role: "mallard_app", max: 2 }),
    jobs: openDatabase({ url: jobs, role: "mallard_jobs", max: 2 }),
    staff,
    gateway: stripeGateway({
      secretKey: settings.stripeSecretKey,
      webhookSecrets: settings.stripeWebhookSecrets,
      apiBase: settings.stripeApiBase,
      // One customer of the story pays by a debit that takes days, from before such were switched off.
      pageMethods: [...instantMethods, "sepa_debit"],
    }),
    clock,
    today,
    timeZone: settings.timeZone,
    environment: "mallard",
    portalUrl: settings.mallardUrl,
    ...purposeKeys(settings),
    panelOrigin: settings.panelUrl,
    plans: await makePlans(staff, clock),
  };
}

async function makePlans(staff: Database, clock: ManualClock): Promise<Map<string, PlanId>> {
  const plans = new Map<string, PlanId>();
  const from = new Date("2020-01-01T00:00:00Z");
  for (const plan of demoPlans) {
    const id = newId<PlanId>(clock);
    plans.set(plan.key, id);
    await staff.sql`
      insert into plans (id, key, name, family, term_unit, term_count, created_at)
      values (${id}, ${plan.key}, ${plan.name}, ${plan.family}, ${plan.unit}, ${plan.count}, ${from})`;
    for (const [currency, price] of Object.entries(plan.price)) {
      await staff.sql`
        insert into plan_prices (plan_id, currency, valid_from, price_minor)
        values (${id}, ${currency}, ${from}, ${price.toString()})`;
    }
  }
  for (const [country, name, ppm] of [
    ["DE", "USt", 190_000],
    ["FR", "TVA", 200_000],
    ["JP", "消費税", 100_000],
  ] as const) {
    await staff.sql`
      insert into tax_rates (country, valid_from, name, rate_ppm) values (${country}, ${from}, ${name}, ${ppm})`;
  }
  return plans;
}

async function makeUser(
  stage: Pick<Stage, "clock" | "staff">,
  email: string,
  name: string,
  locale: string,
): Promise<UserId> {
  const id = newId<UserId>(stage.clock);
  const isLogin = demoCast.some((login) => login.email === email);
  const hash = isLogin ? await hashPassword(demoPassword) : null;
  await stage.staff.sql`
    insert into users (id, email, name, password_hash, locale, created_at)
    values (${id}, ${email}, ${name}, ${hash}, ${locale === "en" ? null : locale}, ${stage.clock.now()})`;
  return id;
}

async function makeStaff(stage: Pick<Stage, "clock" | "staff">): Promise<DemoStaff> {
  const made = [];
  for (const { email, name, role } of demoStaff) {
    const id = await makeUser(stage, email, name, "en");
    await stage.staff.sql`
      insert into staff (user_id, role, created_at) values (${id}, ${role}, ${stage.clock.now()})`;
    made.push([role, { userId: id, sessionId: newId<SessionId>(stage.clock), role }]);
  }
  return Object.fromEntries(made) as DemoStaff;
}

async function makePlayer(stage: Stage, customer: DemoCustomer, index: number): Promise<Player> {
  const { name, email, country, currency, locale = "en", address = null, taxId = null } = customer;
  const reference = `DC-${1001 + index}`;
  const customerId = newId<CustomerId>(stage.clock);
  await stage.staff.sql`
    insert into customers (id, reference, name, email, country, currency, locale, address, tax_id, created_at)
    values (${customerId}, ${reference}, ${name}, ${email}, ${country}, ${currency}, ${locale}, ${address}, ${taxId},
      ${stage.clock.now()})`;
  const userId = await makeUser(stage, email, name, locale);
  await addMember(stage, customerId, userId, "owner");
  for (const member of customer.members ?? []) {
    const memberId = await makeUser(stage, member.email, member.name, locale);
    await addMember(stage, customerId, memberId, member.role);
  }
  const actor = { customerId, userId, sessionId: newId<SessionId>(stage.clock) };
  return { ...customer, customerId, reference, actor };
}

async function addMember(stage: Stage, customerId: CustomerId, userId: UserId, role: string): Promise<void> {
  await stage.staff.sql`
    insert into memberships (customer_id, user_id, role, created_at)
    values (${customerId}, ${userId}, ${role}, ${stage.clock.now()})`;
}

/** What happens on a day, in the order of the days: so that invoice numbers run with time. */
interface Event {
  at: Date;
  play(): Promise<Event[]>;
}

async function playHistory(
  stage: Stage,
  players: readonly Player[],
  others: readonly Event[],
): Promise<void> {
  const orders = players.flatMap((player) =>
    player.services.map((service) => ({
      at: orderedAt(stage, service),
      play: () => order(stage, player, service),
    })),
  );
  const agenda = [...orders, ...others];
  for (let next = earliest(agenda); next && next.at <= stage.today; next = earliest(agenda)) {
    agenda.splice(agenda.indexOf(next), 1);
    if (next.at > stage.clock.now()) stage.clock.set(next.at);
    agenda.push(...(await next.play()));
  }
  for (const player of players) await transfer(stage, player, player.leftMinor);
}

/**
 * A week ago the control panel was connected: what happened since waits for it, and is sent once the portal runs. Who has
 * not paid for days is told that it will be suspended, by mail as nothing is suspended untold, and then is.
 */
function lastWeek(world: Stage, { mailer, connect }: { mailer: Mailer; connect(): Promise<void> }): Event[] {
  const host = { name: "Ducky Cloud", url: world.portalUrl };
  // At nine customers are reminded, and an hour after it what is unpaid is stopped.
  const on = (daysAgo: number, hour: number, act: () => Promise<unknown>): Event => ({
    at: atHour(addCalendarDays(calendarDay(world.today, world.timeZone), -daysAgo), hour, world.timeZone),
    play: async () => {
      await act();
      return [];
    },
  });
  return [
    on(7, usualMailHour, async () => {
      // What happened until then was told in its time.
      await world.jobs.sql`update outbox set handled_at = created_at where handled_at is null`;
      await connect();
      await remindCustomers(world);
      await deliverOutbox({ world, mailer, host }, 1_000);
    }),
    on(5, usualMailHour + 1, () => stopServices(world)),
  ];
}

function earliest(agenda: readonly Event[]): Event | undefined {
  return agenda.reduce<Event | undefined>(
    (first, event) => (first && first.at <= event.at ? first : event),
    undefined,
  );
}

async function order(stage: Stage, player: Player, service: DemoService): Promise<Event[]> {
  const { customerId, currency } = player;
  const planId = stage.plans.get(service.plan);
  if (!planId) throw new Error(`no plan ${service.plan}`);
  const { label, terms, isAutoRenew = true } = service;
  const ordered = { customerId, planId, label, currency, isAutoRenew };
  const { serviceId, invoice } = await orderService(stage, stage.staff, ordered);
  if (terms === 0) return [];
  await pay(stage, player, invoice.id);
  return [await renewalOf(stage, player, serviceId, terms - 1)];
}

/** So long ago that the paid terms end when the cast says, give or take the lengths of months. */
function orderedAt(stage: Stage, { plan, terms, endsInDays }: DemoService): Date {
  const { unit, count } = demoPlans.find((candidate) => candidate.key === plan) ?? { unit: "day", count: 0 };
  const at = new Date(stage.today.getTime() + endsInDays * dayMs);
  if (unit === "month") at.setUTCMonth(at.getUTCMonth() - terms * count);
  if (unit === "year") at.setUTCFullYear(at.getUTCFullYear() - terms * count);
  return at;
}

/** The service's next invoice; so many of those to come are paid, the one after them stays open. */
async function renewalOf(
  stage: Stage,
  player: Player,
  serviceId: ServiceId,
  paidLeft: number,
): Promise<Event> {
  const [row] = await stage.jobs.sql`
    select s.expires_at, p.lead_days from services s join plans p on p.id = s.plan_id where s.id = ${serviceId}`;
  const at = new Date(row?.expires_at.getTime() - row?.lead_days * dayMs);
  return { at, play: () => renew(stage, player, serviceId, paidLeft) };
}

async function renew(stage: Stage, player: Player, serviceId: ServiceId, paidLeft: number): Promise<Event[]> {
  const invoice = await issueRenewal(stage, stage.staff, { customerId: player.customerId, serviceId });
  if (!invoice || paidLeft === 0) return [];
  await pay(stage, player, invoice.id);
  return [await renewalOf(stage, player, serviceId, paidLeft - 1)];
}
