import { request } from "node:http";
import { processEvent } from "@/lib/webhook/process-events";
import type { Operation } from "../operation";
import { isLost, type Turn } from "../simulation";
import { takeTurns } from "../turns";

export const webhookOperations: readonly Operation[] = [
  { name: "webhooks: some arrive", weight: 16, run: release },
  { name: "webhooks: an old one again", weight: 3, run: resend },
  { name: "webhooks: another way", weight: 3, run: changeMode },
  { name: "webhooks: forged", weight: 1, run: forge },
];

/** What is held back arrives in any order, some of it more than once; mostly it is worked on at once. */
async function release(turn: Turn): Promise<void> {
  const { random, simulation, stage } = turn;
  if (simulation.webhooks !== "hold") return turn.idle();
  const held = await stage.control.heldWebhooks();
  if (held.length === 0) return turn.idle();
  const most = random.weighted([
    [40, held.length],
    [40, 3],
    [20, 1],
  ]);
  const chosen = random.some(
    held.map(({ eventId }) => eventId),
    most,
  );
  const copies = random.weighted([
    [75, 1],
    [15, 2],
    [8, 4],
    [2, 20],
  ]);
  if (copies > 1) simulation.faults.add("webhook duplicated", chosen.length * (copies - 1));
  const isInOrder = held.every(({ eventId }, at) => at >= chosen.length || chosen[at] === eventId);
  if (!isInOrder) simulation.faults.add("webhooks reordered");
  turn.touchAll();
  stage.endpoint.recorded();
  // Copies come at once: between which of their statements a process dies would be chance that no seed replays.
  const mortal = turn.mortal(copies > 1 ? { doom: null } : {});
  stage.endpoint.serveIn(mortal.world);
  await stage.control.releaseWebhooks(chosen, copies);
  stage.endpoint.serveIn(stage.world);
  turn.note(`${chosen.length} × ${copies}`);
  await workOn(turn, [...new Set(stage.endpoint.recorded())]);
}

/** As the route does after its answer, in no certain order, several at once; or it never comes to that. */
async function workOn(turn: Turn, eventIds: readonly string[]): Promise<void> {
  const { random } = turn;
  const chosen = random.chance(0.7) ? random.shuffled(eventIds) : random.some(eventIds, 1);
  const work = (eventId: string, gate?: () => Promise<void>) =>
    turn.within(turn.mortal(gate ? { gate } : {}), (world) => processEvent(world, eventId));
  const results: string[] = [];
  const say = (end: Awaited<ReturnType<typeof work>>) => {
    if (end === null) results.push("taken");
    else if (isLost(end)) results.push(end.lost);
    else results.push(end.result.kind === "fault" ? turn.fault(end.result.error) : end.result.kind);
  };
  if (random.chance(0.3)) {
    const ends = await takeTurns(
      random,
      chosen.slice(0, 6).map((eventId) => (gate: () => Promise<void>) => work(eventId, gate)),
    );
    for (const end of ends) if (end.status === "fulfilled") say(end.value);
  } else {
    for (const eventId of chosen) say(await work(eventId));
  }
  if (results.length > 0) turn.note(`→ ${results.join(" ")}`);
}

async function resend(turn: Turn): Promise<void> {
  const { random, simulation, stage } = turn;
  // Their ids are Stripe's, not of the seed's making, so they are put in the order of what they speak of.
  // Stripe keeps events for thirty days.
  const keptSeconds = Math.floor(stage.world.clock.now().getTime() / 1_000) - 29 * 86_400;
  const rows = await stage.owner`
    select id from stripe_events e cross join lateral (select payload->'data'->'object'->'metadata' as said) m
    where (payload->>'created')::bigint > ${keptSeconds} order by received_at desc, type, said->>'customer', said->>'payment', id limit 30`;
  if (rows.length === 0) return turn.idle();
  const { id: eventId } = random.pick(rows) as { id: string };
  const times = random.pick([1, 2, 5, 20]);
  simulation.faults.add("webhook duplicated", times);
  stage.endpoint.recorded();
  await stage.control.resendWebhook(eventId, times);
  const before = stage.endpoint.recorded().length;
  turn.note(`× ${times}, ${before} taken`);
  turn.touchAll();
  await workOn(turn, [eventId]);
}

async function changeMode(turn: Turn): Promise<void> {
  const { random, simulation, stage } = turn;
  const mode = random.weighted<typeof simulation.webhooks>(
    simulation.webhooks === "hold"
      ? [
          [30, "deliver"],
          [40, "drop"],
          [30, "down"],
        ]
      : [[1, "hold"]],
  );
  simulation.webhooks = mode;
  turn.note(mode);
  if (mode === "hold") return stage.control.holdWebhooks();
  if (mode === "drop") {
    simulation.faults.add("webhooks are lost");
    return stage.control.dropWebhooks();
  }
  if (mode === "down") {
    simulation.faults.add("webhook endpoint is down");
    return stage.control.webhooksDown();
  }
  turn.touchAll();
  await stage.control.deliverWebhooks();
  await stage.control.webhooksIdle();
}

async function forge(turn: Turn): Promise<void> {
  const { random, simulation, stage } = turn;
  const body = JSON.stringify({ id: "evt_forged", type: "checkout.session.completed" });
  const nowSeconds = Math.floor(stage.world.clock.now().getTime() / 1000);
  const [headers, payload, expected] = random.pick<[Record<string, string>, string, number]>([
    [{}, body, 400],
    [{ "stripe-signature": `t=${nowSeconds},v1=${"0".repeat(64)}` }, body, 400],
    [{ "stripe-signature": "nonsense" }, body, 400],
    [{}, "x".repeat(1_200_000), 413],
  ]);
  const status = await post(stage.endpoint.url, headers, payload);
  simulation.faults.add("webhook forged");
  turn.note(`→ ${status}`);
  if (status !== expected) simulation.violate("a forged webhook is refused", `${status}, not ${expected}`);
}

/** Over a connection of its own. Who is refused for the length of a body may not get to read the answer. */
function post(url: string, headers: Record<string, string>, body: string): Promise<number> {
  return new Promise((resolve) => {
    const sent = request(url, { method: "POST", headers, agent: false }, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    });
    sent.on("error", () => resolve(413));
    sent.end(body);
  });
}
