import { agreeLoss } from "@/lib/billing/dispute/agree-loss";
import { pollDisputes } from "@/lib/billing/dispute/poll-disputes";
import { settleDispute } from "@/lib/billing/dispute/settle-dispute";
import { attachRefund } from "@/lib/billing/refund/attach-refund";
import { pollRefunds } from "@/lib/billing/refund/poll-refunds";
import { settleRefund } from "@/lib/billing/refund/settle-refund";
import { startRefund } from "@/lib/billing/refund/start-refund";
import type { ChargeId, CustomerId, DisputeId, RefundId, UserId } from "@/lib/kernel/id";
import { newId } from "@/lib/kernel/id";
import { type Currency, money } from "@/lib/kernel/money";
import type { Operation } from "../operation";
import { isLost, type Simulation, type Turn } from "../simulation";
import { takeTurns } from "../turns";
import { unheard } from "../unheard";

/** Card money that goes back: refunds by staff and at Stripe, which may fail later; charges that are disputed. */
export const moneyBackOperations: readonly Operation[] = [
  { name: "top-up is refunded", weight: 3, run: (turn) => refund(turn, 1) },
  { name: "top-up is refunded: two of staff at once", weight: 1, run: (turn) => refund(turn, 2) },
  { name: "refund at Stripe's dashboard", weight: 1, run: dashboardRefund },
  { name: "refund is taken from the balance", weight: 2, run: attach },
  { name: "bank: a refund ends", weight: 3, run: endRefund },
  { name: "bank: a charge is disputed", weight: 2, run: dispute },
  { name: "bank: a dispute is decided", weight: 3, run: decide },
  { name: "host: appeals a lost dispute", weight: 2, run: appeal },
  { name: "staff say that a dispute is lost", weight: 2, run: agree },
  { name: "job: poll refunds and disputes", weight: 4, run: poll },
];

interface FoundCharge {
  customerId: CustomerId;
  id: ChargeId;
  stripeChargeId: string;
  currency: Currency;
  amountMinor: bigint;
}

/** Now and then one to which something has happened already: refunds, disputes, credits and their failures cross there. */
async function someCharge({ random, stage }: Turn): Promise<FoundCharge | null> {
  const rows = await stage.owner`
    select customer_id, id, stripe_charge_id, currency, amount_minor,
      exists (select from refunds r where r.customer_id = c.customer_id and r.charge_id = c.id) or exists (
        select from disputes d where d.customer_id = c.customer_id and d.charge_id = c.id) or exists (
        select from allocations a where a.customer_id = c.customer_id and a.payment_id = c.payment_id
          and a.amount_minor < 0) as is_troubled
    from charges c order by booked_at desc, id desc limit 20`;
  if (rows.length === 0) return null;
  const troubled = rows.filter((row) => row.is_troubled);
  const row = random.pick(troubled.length > 0 && random.chance(0.5) ? troubled : [...rows]);
  return {
    customerId: row.customer_id,
    id: row.id,
    stripeChargeId: row.stripe_charge_id,
    currency: row.currency,
    amountMinor: row.amount_minor,
  };
}

async function refund(turn: Turn, staff: number): Promise<void> {
  const { random, simulation, stage } = turn;
  const charge = await someCharge(turn);
  const [user] = await stage.owner`select id from users order by id limit 1`;
  if (!charge || !user) return turn.idle();
  const { customerId, currency } = charge;
  const wish = {
    customerId,
    chargeId: charge.id,
    reason: "simulated",
    userId: user.id as UserId,
  };
  const look = { ...wish, refundId: newId<RefundId>(stage.world.clock), amount: money(1n, currency) };
  const asked = await startRefund(stage.world, stage.world.staff, { ...look, seenMinor: -1n });
  const most = !asked.ok && asked.refusal.code === "refund_changed" ? asked.refusal.most.minor : 0n;
  if (most === 0n) return turn.idle();
  turn.touch([{ customerId }]);
  const step = currency === "KWD" ? 10n : 1n;
  const minor = random.chance(0.1) ? most + step : (BigInt(random.between(1, Number(most))) / step) * step;
  if (minor === 0n) return turn.idle();
  const ends = await takeTurns(
    random,
    Array.from({ length: staff }, () => {
      const refundId = newId<RefundId>(stage.world.clock);
      return (gate: () => Promise<void>) =>
        turn.within(turn.mortal(staff > 1 ? { gate } : {}), async (world) => {
          const amount = money(minor, currency);
          const started = await startRefund(world, world.staff, {
            ...wish,
            refundId,
            amount,
            seenMinor: most,
          });
          if (!started.ok) return started.refusal.code;
          const settled = await settleRefund(world, started.value);
          return settled.kind === "settled" ? `refund ${settled.state}` : `refund ${settled.kind}`;
        });
    }),
  );
  const said = ends.map((end) =>
    end.status === "rejected" ? String(end.reason) : isLost(end.value) ? end.value.lost : end.value,
  );
  if (said.filter((one) => one.startsWith("refund ") && minor * 2n > most).length > 1) {
    simulation.violate("what can be refunded is refunded once", said.join(" | "));
  }
  turn.note(`${minor} of ${most} ${currency} → ${said.join(" | ")}`);
}

async function dashboardRefund(turn: Turn): Promise<void> {
  const { random, stage, simulation } = turn;
  const charge = await someCharge(turn);
  if (!charge || simulation.armed.length > 0) return turn.idle();
  const step = charge.currency === "KWD" ? 10 : 1;
  const steps = Math.max(1, Math.floor(Number(charge.amountMinor) / (2 * step)));
  const minor = random.between(1, steps) * step;
  const made = await stage.world.gateway.createRefund(
    { stripeChargeId: charge.stripeChargeId, refundId: "", customerId: "", amountMinor: `${minor}` },
    `dashboard/${newId(stage.world.clock)}`,
  );
  turn.note(`${minor} ${charge.currency} → ${made.outcome}`);
}

async function attach(turn: Turn): Promise<void> {
  const { random, stage } = turn;
  const rows = await stage.owner`
    select customer_id, subject_id from tasks where kind = 'suspense' and subject = 'refund' and done_at is null
    order by id`;
  const [user] = await stage.owner`select id from users order by id limit 1`;
  if (rows.length === 0 || !user) return turn.idle();
  const row = random.pick([...rows]);
  const ref = { customerId: row.customer_id as CustomerId, refundId: row.subject_id as RefundId };
  turn.touch([ref]);
  const ended = await turn.within(turn.mortal(), (world) =>
    attachRefund(world, world.staff, { ...ref, userId: user.id as UserId }),
  );
  turn.note(isLost(ended) ? ended.lost : ended.ok ? `${ended.value.taken.minor} taken` : ended.refusal.code);
}

/** What the card's bank says of a refund: it took it, or refused it, even one that had succeeded. */
async function endRefund(turn: Turn): Promise<void> {
  const { random, stage } = turn;
  const refunds = (await stage.control.dump()).refund ?? [];
  const alive = refunds.filter(({ status }) => status === "pending" || status === "succeeded");
  if (alive.length === 0) return turn.idle();
  const chosen = random.pick(alive);
  const outcome = chosen.status === "pending" && random.chance(0.6) ? "succeeds" : "fails";
  await stage.control.settleRefund(String(chosen.id), outcome);
  turn.note(outcome);
}

async function dispute(turn: Turn): Promise<void> {
  const { random, simulation, stage } = turn;
  const charge = await someCharge(turn);
  if (!charge) return turn.idle();
  const known = (await stage.control.dump()).dispute ?? [];
  if (known.some((one) => one.charge === charge.stripeChargeId)) return turn.idle();
  const kind = random.chance(0.25) ? "inquiry" : "chargeback";
  // In part now and then; without decimals or in steps of ten, halves stay whole.
  const half = Number((charge.amountMinor / 20n) * 10n);
  const amountMinor = random.chance(0.3) && half > 0 ? half : Number(charge.amountMinor);
  const open = () =>
    stage.control.dispute(charge.stripeChargeId, kind, { amountMinor, feeApart: random.chance(0.3) });
  const isUnheard = random.chance(0.5);
  const { id } = isUnheard ? await unheard(simulation, "dispute", open) : await open();
  if (isUnheard) {
    simulation.unheard.add(id);
    simulation.faults.add("every event of a dispute is lost");
  }
  turn.note(`${kind} of ${amountMinor} ${charge.currency}${isUnheard ? ", unheard" : ""}`);
}

async function decide(turn: Turn): Promise<void> {
  const { random, simulation, stage } = turn;
  const open = ((await stage.control.dump()).dispute ?? []).filter(isOpen);
  if (open.length === 0) return turn.idle();
  const outcome = random.pick(["won", "lost", "lost"] as const);
  await closeAtBank(simulation, String(random.pick(open).id), outcome);
  turn.note(outcome);
}

/** Of a dispute that nobody heard of, nobody hears how it ended. */
export async function closeAtBank(
  simulation: Simulation,
  id: string,
  outcome: "won" | "lost",
): Promise<void> {
  const close = () => simulation.stage.control.closeDispute(id, outcome);
  await (simulation.unheard.has(id) ? unheard(simulation, "dispute", close) : close());
}

/** The host appeals a dispute that is lost; the network decides on it later, as on any that is open. */
async function appeal(turn: Turn): Promise<void> {
  const { random, simulation, stage } = turn;
  const lost = ((await stage.control.dump()).dispute ?? []).filter(({ status }) => status === "lost");
  if (lost.length === 0) return turn.idle();
  const id = String(random.pick(lost).id);
  const isUnheard = random.chance(0.5);
  if (isUnheard) {
    simulation.unheard.add(id);
    simulation.faults.add("every event of an appeal is lost");
  }
  const ask = () => stage.control.appealDispute(id);
  await (simulation.unheard.has(id) ? unheard(simulation, "dispute", ask) : ask());
  turn.note(isUnheard ? "unheard" : "");
}

/** Of a debit that came back: Stripe's word alone makes it nobody's loss. */
async function agree(turn: Turn): Promise<void> {
  const { random, stage } = turn;
  const waiting = await awaitingWord(stage.owner);
  if (waiting.length === 0) return turn.idle();
  const ref = random.pick([...waiting]);
  turn.touch([ref]);
  const ended = await turn.within(turn.mortal(), async (world) => {
    const agreed = await agreeLoss(world, world.staff, { ...ref, reason: "simulated" });
    return agreed.ok ? (await settleDispute(world, agreed.value.stripeDisputeId)).kind : agreed.refusal.code;
  });
  turn.note(isLost(ended) ? ended.lost : ended);
}

/** Disputes that staff are asked about, with somebody of staff. */
export async function awaitingWord(
  owner: Turn["stage"]["owner"],
): Promise<{ customerId: CustomerId; disputeId: DisputeId; userId: UserId }[]> {
  const rows = await owner`
    select d.customer_id, d.id, (select u.id from users u order by u.id limit 1) as user_id
    from disputes d join tasks k on k.customer_id = d.customer_id and k.subject_id = d.id::text and k.done_at is null
      and k.kind = 'dispute_quarantined' and k.detail ->> 'reason' = 'debit_returned'
    where d.state = 'open' order by d.id`;
  return rows.map((row) => ({ customerId: row.customer_id, disputeId: row.id, userId: row.user_id }));
}

export function isOpen({ status }: Record<string, unknown>): boolean {
  return !["won", "lost", "warning_closed"].includes(String(status));
}

async function poll(turn: Turn): Promise<void> {
  turn.touchAll();
  const ended = await turn.within(turn.mortal(), async (world) => [
    ...(await pollRefunds(world)),
    ...(await pollDisputes(world)),
  ]);
  if (isLost(ended)) return turn.note(ended.lost);
  const said = ended.map(({ result }) =>
    result.kind === "fault"
      ? turn.fault(result.error)
      : result.kind === "settled"
        ? result.state
        : result.kind,
  );
  turn.note(said.join(", "));
}
