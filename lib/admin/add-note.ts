import { transact } from "@/db/transaction";
import { mayStaff } from "@/lib/auth/staff-rights";
import type { CustomerId } from "@/lib/kernel/id";
import { ok, type Result, refuse } from "@/lib/kernel/result";
import { recordActivity } from "./record-activity";
import type { StaffActor } from "./shapes";
import { type StaffWorld, staffWorld } from "./world";

export const noteLengthMax = 2000;

export type NoteRefusal =
  | { code: "not_allowed" }
  | { code: "customer_not_found" }
  | { code: "note_missing" }
  | { code: "note_too_long"; most: number };

/** Keeps a note about a customer, for staff alone; from support on. It is never changed: what is wrong is noted again. */
export async function addNote(
  actor: StaffActor,
  input: { customerId: CustomerId; note: string },
  world: StaffWorld = staffWorld(),
): Promise<Result<undefined, NoteRefusal>> {
  if (!mayStaff(actor.role, "customer.note")) return refuse({ code: "not_allowed" });
  const note = input.note.replaceAll("\0", "").trim();
  if (note === "") return refuse({ code: "note_missing" });
  if (note.length > noteLengthMax) return refuse({ code: "note_too_long", most: noteLengthMax });
  const { customerId } = input;
  return transact(world.staff, { customerId }, async ({ sql }) => {
    const [customer] = await sql`select 1 from customers where id = ${customerId} and not is_house`;
    if (!customer) return refuse({ code: "customer_not_found" });
    await recordActivity(world, sql, {
      customerId,
      userId: actor.userId,
      verb: "note_added",
      detail: { note },
    });
    return ok();
  });
}
