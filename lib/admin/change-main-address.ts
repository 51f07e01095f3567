import { transact } from "@/db/transaction";
import { lockMembers } from "@/lib/auth/lock-members";
import {
  isSameAddress,
  mainAddressChoices,
  readMailMembers,
  writeMainAddress,
} from "@/lib/auth/main-address";
import { mayStaff } from "@/lib/auth/staff-rights";
import type { CustomerId } from "@/lib/kernel/id";
import { ok, type Result, refuse } from "@/lib/kernel/result";
import { checkedReason, type ReasonRefusal } from "./reason";
import { recordActivity } from "./record-activity";
import type { StaffActor } from "./shapes";
import { type StaffWorld, staffWorld } from "./world";

export interface MainAddressChange {
  customerId: CustomerId;
  /** The address of a member. */
  email: string;
  /** The main address that was on the page. */
  seen: string;
  reason: string;
}

export type MainAddressRefusal =
  | ReasonRefusal
  | { code: "not_allowed" }
  | { code: "customer_not_found" }
  | { code: "customer_closed" }
  /** Somebody chose another since the page was loaded. */
  | { code: "main_address_changed" }
  | { code: "main_address_same"; email: string }
  /** No member who can sign in has it. */
  | { code: "main_address_not_member" };

/**
 * Makes a member's address the one that mail about invoices goes to, where no owner of the customer can: with a reason, for
 * finance and admins. Both addresses are written to, as when an owner does it.
 */
export async function changeMainAddress(
  actor: StaffActor,
  input: MainAddressChange,
  world: Pick<StaffWorld, "staff" | "clock"> = staffWorld(),
): Promise<Result<{ email: string }, MainAddressRefusal>> {
  if (!mayStaff(actor.role, "main_address.change")) return refuse({ code: "not_allowed" });
  const checked = checkedReason(input.reason);
  if (!checked.ok) return checked;
  const { customerId, email, seen } = input;
  return transact(world.staff, { customerId }, async ({ sql }) => {
    await lockMembers(sql, { customerId });
    const [[customer], members] = await Promise.all([
      sql<{ email: string; isClosed: boolean }[]>`
        select email, closed_at is not null as "isClosed" from customers
        where id = ${customerId} and not is_house`,
      readMailMembers(sql, { customerId }),
    ]);
    if (!customer) return refuse({ code: "customer_not_found" });
    if (customer.isClosed) return refuse({ code: "customer_closed" });
    if (!isSameAddress(customer.email, seen)) return refuse({ code: "main_address_changed" });
    if (isSameAddress(customer.email, email)) {
      return refuse({ code: "main_address_same", email: customer.email });
    }
    const chosen = mainAddressChoices(members).find((one) => isSameAddress(one.email, email));
    if (!chosen) return refuse({ code: "main_address_not_member" });
    const written = await writeMainAddress(sql, world.clock, { customerId, to: chosen.email });
    await recordActivity(world, sql, {
      customerId,
      userId: actor.userId,
      verb: "main_address_changed",
      detail: { ...written, reason: checked.reason },
    });
    return ok({ email: chosen.email });
  });
}
