import { transact } from "@/db/transaction";
import { mayStaff } from "@/lib/auth/staff-rights";
import { accountKind } from "@/lib/billing/card/stripe-account";
import { isFinal, type PaymentState } from "@/lib/billing/payment/states";
import { type CustomerId, type TaskId, uuidv7 } from "@/lib/kernel/id";
import { ok, type Result, refuse } from "@/lib/kernel/result";
import type { DeskRefusal, StaffActor } from "./shapes";
import { type StaffWorld, staffWorld } from "./world";

/**
 * Of money that stands on an account or is disputed until somebody says whose it is, and of a question with an act of its own:
 * done when that is done, never before.
 */
const endByThemselves = ["suspense", "refund_payable", "dispute_open", accountKind];

/** Why one person cannot close a task of this kind, about a payment in this state; null where they can. */
export function notClosable(
  kind: string,
  paymentState: PaymentState | null,
): "task_ends_by_itself" | "payment_undecided" | null {
  if (endByThemselves.includes(kind)) return "task_ends_by_itself";
  // Two people decide on it; a task closed by one would hide it from both.
  const isUndecided = kind === "payment_quarantined" && paymentState !== null && !isFinal(paymentState);
  return isUndecided ? "payment_undecided" : null;
}

/** Marks a task as dealt with, for everybody, and says in the record who did. Of two at once one wins. From support on. */
export async function closeTask(
  actor: StaffActor,
  { customerId, taskId }: { customerId: CustomerId; taskId: TaskId },
  world: StaffWorld = staffWorld(),
): Promise<Result<{ taskId: TaskId }, DeskRefusal>> {
  if (!mayStaff(actor.role, "task.close")) return refuse({ code: "not_allowed" });
  const now = world.clock.now();
  return transact(world.staff, { customerId }, async ({ sql }) => {
    const [task] = await sql`
      select t.kind, p.state as payment_state from tasks t
      left join payments p on t.subject = 'payment' and p.customer_id = t.customer_id and p.id::text = t.subject_id
      where t.customer_id = ${customerId} and t.id = ${taskId} and t.done_at is null for update of t`;
    if (!task) return refuse({ code: "task_not_open" });
    const code = notClosable(task.kind, task.payment_state);
    if (code) return refuse({ code });
    await sql`update tasks set done_at = ${now} where customer_id = ${customerId} and id = ${taskId}`;
    await sql`
      insert into activities (customer_id, id, occurred_at, actor, user_id, subject, subject_id, verb, detail, is_visible)
      values (${customerId}, ${uuidv7(world.clock)}, ${now}, 'staff', ${actor.userId}, 'customer', ${customerId},
        'task_closed', ${sql.json({ kind: task.kind, taskId })}, false)`;
    return ok({ taskId });
  });
}
