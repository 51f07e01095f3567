// A process of its own that does one thing and may be killed at any moment of it: see mortal-process.ts.
import { createInterface } from "node:readline";
import { chargeDue } from "@/lib/billing/auto-pay/charge-due";
import { topUpLow } from "@/lib/billing/auto-pay/top-up-low";
import { settle } from "@/lib/billing/payment/settle";
import { payCombined, payDirect, payFromBalance } from "@/lib/portal/pay";
import { processEvent } from "@/lib/webhook/process-events";
import type { MortalJob } from "./mortal-process";
import { localGateway, openTestWorld } from "./world";

const lines = createInterface({ input: process.stdin });
lines.once("line", (line) => void act(JSON.parse(line)));
// Nobody is left to kill it when the test that started it is gone.
lines.once("close", () => process.exit(1));
process.stdout.write("ready\n");

function act(job: MortalJob): Promise<unknown> {
  const { databaseUrl: url, stripeUrl } = job;
  const gateway = localGateway(stripeUrl, { timeoutMs: 60_000 });
  const world = openTestWorld({ url, gateway, start: new Date(job.now), max: 2 });
  switch (job.act) {
    case "payDirect":
      return payDirect(job.actor, job.input, world);
    case "payFromBalance":
      return payFromBalance(job.actor, job.input, world);
    case "payCombined":
      return payCombined(job.actor, job.input, world);
    case "settle":
      return settle(world, job.ref);
    case "processEvent":
      return processEvent(world, job.eventId);
    case "chargeDue":
      return chargeDue(world);
    case "topUpLow":
      return topUpLow(world);
  }
}
