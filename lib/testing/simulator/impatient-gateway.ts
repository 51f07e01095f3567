import type { Gateway, Outcome } from "@/lib/gateway/port";
import type { SandboxControl } from "@/lib/sandbox/control";
import { eachCall } from "./each-call";

/**
 * What a gateway answers whose calls time out, without the waiting: a call that the local Stripe has let hang is
 * answered as unknown at once. Whether it does hang is asked of Stripe, so that no clock decides.
 */
export function impatientGateway(gateway: Gateway, control: SandboxControl): Gateway {
  const hanging = async () => (await control.faults()).reduce((sum, { waiting }) => sum + waiting, 0);
  return eachCall(gateway, async <T>(work: () => Promise<Outcome<T>>): Promise<Outcome<T>> => {
    const before = await hanging();
    const answered = work();
    const timedOut = control.untilHanging(before + 1).then(
      (): Outcome<T> => ({ outcome: "unknown", reason: "timed_out" }),
      // It never hung; the call was answered long before.
      () => answered,
    );
    return Promise.race([answered, timedOut]);
  });
}
