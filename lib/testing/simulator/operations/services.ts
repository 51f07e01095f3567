import { changePlan as changeByStaff } from "@/lib/admin/change-plan";
import { putRenewalBack as putBackByStaff } from "@/lib/admin/put-renewal-back";
import type { StaffActor } from "@/lib/admin/shapes";
import { holdSuspension } from "@/lib/billing/suspension/hold-suspension";
import { addCalendarDays, calendarDay } from "@/lib/kernel/calendar";
import { newId, type ServiceId, type SessionId, type UserId } from "@/lib/kernel/id";
import { cancelInvoice } from "@/lib/portal/cancel-invoice";
import { cancelService, keepService } from "@/lib/portal/cancel-service";
import { changePlan, showPlanChange } from "@/lib/portal/change-plan";
import { takeOwnGrace } from "@/lib/portal/own-grace";
import { putRenewalBack } from "@/lib/portal/put-renewal-back";
import { switchAutoRenew } from "@/lib/portal/switch-auto-renew";
import type { SimulatedCustomer } from "../cast";
import { type FoundService, servicesIn } from "../lookups";
import type { Mortal } from "../mortal";
import type { Operation } from "../operation";
import { isLost, type Turn } from "../simulation";
import { type Gate, takeTurns } from "../turns";
import { draftOf, renewDraft } from "./draft";
import { click, together, told } from "./pay";

/** What customers and staff do with a service and its terms. */
export const serviceOperations: readonly Operation[] = [
  { name: "service: ends with its term", weight: 3, run: cancel },
  { name: "service: goes on after all", weight: 3, run: keep },
  { name: "service: declined renewal is put back", weight: 3, run: putBack },
  { name: "service: own days of grace", weight: 2, run: ownGrace },
  { name: "service: auto-renew is switched", weight: 3, run: switchIt },
  { name: "service: suspension is held off", weight: 2, run: holdOff },
  { name: "service: plan is changed", weight: 6, run: change },
  { name: "service: two changes of plan at once", weight: 1, run: changeTwice },
  { name: "service: plan is changed against pay", weight: 2, run: changeAgainstPay },
  { name: "service: renew now", weight: 6, run: renewNow },
  { name: "service: renew now, two tabs", weight: 1, run: renewTwice },
];

interface Chosen extends FoundService {
  customer: SimulatedCustomer;
}

const living = ["active", "suspended"] as const;

async function choose(turn: Turn, states: readonly string[] = living): Promise<Chosen | null> {
  const services = await servicesIn(turn.stage, states);
  if (services.length === 0) return null;
  const service = turn.random.pick(services);
  const customer = turn.simulation.customers.find(({ customerId }) => customerId === service.customerId);
  if (!customer) return null;
  turn.touch([customer]);
  return { ...service, customer };
}

type Answer = { ok: true; value?: unknown } | { ok: false; refusal: { code: string } };

/** Does something with a service in a process, and says what came of it. */
async function act(
  turn: Turn,
  work: (world: Mortal["world"]) => Promise<Answer>,
  gate?: Gate,
): Promise<string> {
  const answer = await turn.within(turn.mortal(gate ? { gate } : {}), work);
  if (isLost(answer)) return answer.lost;
  return answer.ok ? "done" : `refused ${answer.refusal.code}`;
}

async function cancel(turn: Turn): Promise<void> {
  const chosen = await choose(turn);
  if (!chosen) return turn.idle();
  const { customer, serviceId } = chosen;
  turn.note(
    `${customer.name} → ${await act(turn, (world) => cancelService(customer.actor, { serviceId }, world))}`,
  );
}

async function keep(turn: Turn): Promise<void> {
  const rows = await turn.stage.owner`
    select customer_id, id from services where cancel_requested_at is not null and state in ('active', 'suspended')
    order by created_at, id`;
  if (rows.length === 0) return turn.idle();
  const { customer_id, id: serviceId } = turn.random.pick([...rows]);
  const customer = turn.simulation.customers.find(({ customerId }) => customerId === customer_id);
  if (!customer) return turn.idle();
  turn.touch([customer]);
  turn.note(
    `${customer.name} → ${await act(turn, (world) => keepService(customer.actor, { serviceId }, world))}`,
  );
}

/** By the customer who declined it, now or lately, or by staff. */
async function putBack(turn: Turn): Promise<void> {
  const chosen = (await declined(turn)) ?? (await decline(turn));
  if (!chosen) return turn.idle();
  const { customer, serviceId } = chosen;
  turn.touch([customer]);
  const { customerId } = customer;
  const staff = await someStaff(turn);
  const isByStaff = turn.random.chance(0.4);
  const said = await act(turn, (world) =>
    isByStaff
      ? putBackByStaff(staff, { customerId, serviceId, reason: "simulated" }, world)
      : putRenewalBack(customer.actor, { serviceId }, world),
  );
  turn.note(`${customer.name}${isByStaff ? " by staff" : ""} → ${said}`);
}

type OfCustomer = Pick<Chosen, "customer" | "serviceId">;

async function declined(turn: Turn): Promise<OfCustomer | null> {
  const rows = await turn.stage.owner`
    select s.customer_id, s.id from services s join renewals r on r.customer_id = s.customer_id and r.service_id = s.id
      and r.term_starts_at = s.expires_at and r.state = 'declined'
    where s.state in ('active', 'suspended') order by s.created_at, s.id`;
  return rows.length === 0 ? null : ofCustomer(turn, turn.random.pick([...rows]));
}

/** Cancels an invoice for a term that has not begun. */
async function decline(turn: Turn): Promise<OfCustomer | null> {
  const rows = await turn.stage.owner`
    select l.customer_id, l.service_id as id, i.id as invoice_id from invoices i
    join invoice_lines l on l.customer_id = i.customer_id and l.invoice_id = i.id and l.kind = 'renewal'
    join services s on s.customer_id = l.customer_id and s.id = l.service_id and s.expires_at = l.term_starts_at
    where i.state = 'open' and i.origin = 'renewal' and s.state = 'active'
      and l.term_starts_at > ${turn.stage.world.clock.now()}
    order by i.number`;
  if (rows.length === 0) return null;
  const { invoice_id: invoiceId, ...row } = turn.random.pick([...rows]);
  const chosen = ofCustomer(turn, row);
  if (!chosen) return null;
  turn.touch([chosen.customer]);
  const said = await act(turn, (world) => cancelInvoice(chosen.customer.actor, { invoiceId }, world));
  turn.note(`declining → ${said}`);
  return chosen;
}

function ofCustomer(turn: Turn, row: Record<string, unknown>): OfCustomer | null {
  const customer = turn.simulation.customers.find(({ customerId }) => customerId === row.customer_id);
  return customer ? { customer, serviceId: row.id as ServiceId } : null;
}

async function ownGrace(turn: Turn): Promise<void> {
  const chosen = await choose(turn);
  if (!chosen) return turn.idle();
  const { customer, serviceId } = chosen;
  turn.note(
    `${customer.name} → ${await act(turn, (world) => takeOwnGrace(customer.actor, { serviceId }, world))}`,
  );
}

async function switchIt(turn: Turn): Promise<void> {
  const chosen = await choose(turn, ["pending", ...living]);
  if (!chosen) return turn.idle();
  const { customer, serviceId, isAutoRenew } = chosen;
  const wish = { serviceId, isAutoRenew: !isAutoRenew };
  const said = await act(turn, (world) => switchAutoRenew(customer.actor, wish, world));
  turn.note(`${customer.name} ${isAutoRenew ? "off" : "on"} → ${said}`);
}

async function holdOff(turn: Turn): Promise<void> {
  const chosen = await choose(turn);
  if (!chosen) return turn.idle();
  const { customerId, serviceId, customer } = chosen;
  const days = turn.random.pick([0, 1, 3, 10]);
  const userId = await someUser(turn);
  const said = await act(turn, async (world) => {
    const until = addCalendarDays(calendarDay(world.clock.now(), world.timeZone), days);
    return holdSuspension(world, world.staff, { customerId, serviceId, until, reason: "simulated", userId });
  });
  turn.note(`${customer.name} ${days} days → ${said}`);
}

/** A change as its page showed it, sent by the customer or by staff. */
async function planWish(turn: Turn, { customer, serviceId }: Chosen) {
  const { random, simulation, stage } = turn;
  const planId = random.pick(simulation.cast.plans);
  const way = random.pick(["next_term", "at_once", "at_once"] as const);
  const shown = await showPlanChange(customer.actor, { serviceId, planId, way }, stage.world);
  if (!shown?.preview) return null;
  const agreedMinor = shown.preview.ok ? shown.preview.value.due.minor : 0n;
  const wish = { serviceId, planId, way, agreedMinor: random.chance(0.05) ? agreedMinor + 1n : agreedMinor };
  const staff = await someStaff(turn);
  const isByStaff = random.chance(0.4);
  const send = (world: Mortal["world"]): Promise<Answer> =>
    isByStaff
      ? changeByStaff(staff, { ...wish, customerId: customer.customerId }, world)
      : changePlan(customer.actor, wish, world);
  return { send, told: `${customer.name} ${way} for ${agreedMinor}${isByStaff ? " by staff" : ""}` };
}

async function change(turn: Turn): Promise<void> {
  const chosen = await choose(turn);
  const wish = chosen && (await planWish(turn, chosen));
  if (!wish) return turn.idle();
  turn.note(`${wish.told} → ${await act(turn, wish.send)}`);
}

async function changeTwice(turn: Turn): Promise<void> {
  const chosen = await choose(turn);
  const wishes = chosen && [await planWish(turn, chosen), await planWish(turn, chosen)];
  const [first, second] = wishes ?? [];
  if (!first || !second) return turn.idle();
  const said = await atOnce(turn, [
    (gate) => act(turn, first.send, gate),
    (gate) => act(turn, second.send, gate),
  ]);
  turn.note(`${first.told} | ${second.told} → ${said}`);
}

async function changeAgainstPay(turn: Turn): Promise<void> {
  const chosen = await choose(turn);
  const wish = chosen && (await planWish(turn, chosen));
  if (!chosen || !wish) return turn.idle();
  const rows = await turn.stage.owner`
    select i.id from invoices i join invoice_lines l on l.customer_id = i.customer_id and l.invoice_id = i.id
    where i.customer_id = ${chosen.customerId} and l.service_id = ${chosen.serviceId} and i.state = 'open'
    order by i.number limit 1`;
  if (rows.length === 0) return turn.idle();
  const draft = await draftOf(turn, chosen.customer, { invoiceIds: rows.map(({ id }) => id) });
  const said = await atOnce(turn, [(gate) => act(turn, wish.send, gate), (gate) => click(turn, draft, gate)]);
  turn.note(`${wish.told} | ${told(turn, draft)} → ${said}`);
}

async function renewNow(turn: Turn): Promise<void> {
  const chosen = await choose(turn);
  const draft = chosen && (await renewDraft(turn, chosen.customer, chosen.serviceId));
  if (!draft) return turn.idle();
  turn.note(told(turn, draft));
  turn.note(`→ ${await click(turn, draft)}`);
}

async function renewTwice(turn: Turn): Promise<void> {
  const chosen = await choose(turn);
  const first = chosen && (await renewDraft(turn, chosen.customer, chosen.serviceId));
  const second = chosen && (await renewDraft(turn, chosen.customer, chosen.serviceId));
  if (!first || !second) return turn.idle();
  turn.note(`${told(turn, first)} | ${told(turn, second)}`);
  await together(turn, [first, second]);
}

async function atOnce(turn: Turn, actors: readonly ((gate: Gate) => Promise<string>)[]): Promise<string> {
  const ends = await takeTurns(turn.random, actors);
  return ends.map((end) => (end.status === "fulfilled" ? end.value : String(end.reason))).join(" | ");
}

async function someStaff(turn: Turn): Promise<StaffActor> {
  const sessionId = newId<SessionId>(turn.stage.world.clock);
  return { userId: await someUser(turn), sessionId, role: "support" };
}

async function someUser({ stage }: Turn): Promise<UserId> {
  const [user] = await stage.owner`select id from users order by id limit 1`;
  return user?.id as UserId;
}
