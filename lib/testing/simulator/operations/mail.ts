import { deliverOutbox } from "@/lib/jobs/deliver-outbox";
import { ok, refuse } from "@/lib/kernel/result";
import type { Mailer } from "@/lib/mail/mailer";
import type { Mortal } from "../mortal";
import type { Operation } from "../operation";
import { isLost, type Simulation } from "../simulation";

export const mailOperations: readonly Operation[] = [
  {
    name: "job: deliver mail",
    weight: 3,
    run: async (turn) => {
      const { random, simulation } = turn;
      turn.touchAll();
      const failing = random.weighted<"down" | "refuses" | null>([
        [70, null],
        [20, "down"],
        [10, "refuses"],
      ]);
      if (failing) simulation.faults.add(`mail server ${failing}`);
      const sent = await turn.within(turn.mortal(), (world) => deliver(simulation, world, failing));
      turn.note(isLost(sent) ? sent.lost : `${sent} sent${failing ? `, the server ${failing}` : ""}`);
    },
  },
];

/** Delivers what waits, to a mail server that keeps no more than which mails it took. */
export function deliver(
  simulation: Simulation,
  world: Mortal["world"],
  failing: "down" | "refuses" | null,
  most?: number,
): Promise<number> {
  const mailer: Mailer = {
    sendMail: async ({ id = "", to, subject, text }) => {
      if (failing === "down") return refuse({ code: "mail_not_taken", reason: "down", isOfThisOne: false });
      if (failing === "refuses") return refuse({ code: "mail_refused", reason: "no such mailbox" });
      const said = `${JSON.stringify(to)} ${subject}`;
      const before = simulation.mails.get(id);
      if (before !== undefined && before !== said)
        simulation.violate("a mail that is sent again is the same mail", `${id}: ${before}, then ${said}`);
      simulation.mails.set(id, said);
      for (const [, token] of text.matchAll(/\/pay\/([\w-]+)/g)) {
        if (token) simulation.mailedTokens.add(token);
      }
      return ok({ messageId: `<${id}@simulated>` });
    },
  };
  return deliverOutbox({ world, mailer, host: { name: "Simulated", url: world.portalUrl } }, most);
}

/** What a job has that sends no mail. */
export function nowhere(world: Mortal["world"]) {
  const mailer: Mailer = {
    sendMail: async () => refuse({ code: "mail_not_taken", reason: "down", isOfThisOne: false }),
  };
  return { world, mailer, host: { name: "Simulated", url: world.portalUrl } };
}
