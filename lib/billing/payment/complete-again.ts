import type { Database } from "@/db/client";
import { transact } from "@/db/transaction";
import { assert } from "@/lib/kernel/assert";
import type { CustomerId, InvoiceId, PaymentId, UserId } from "@/lib/kernel/id";
import { type Money, money } from "@/lib/kernel/money";
import { ok, type Result, refuse } from "@/lib/kernel/result";
import { Decision, remainingMinor } from "../decision";
import type { InvoiceState } from "../invoice/states";
import { lockBalances } from "../scene";
import type { World } from "../world";
import { readDebt } from "./debt";
import { seeInvoices, settleWhatWaits } from "./settle-what-waits";

export type CompleteAgainRefusal =
  | { code: "invoice_not_found" }
  /** Nobody was asked about it, or they have dealt with it. */
  | { code: "not_stuck" }
  | { code: "invoice_not_open"; number: string; state: InvoiceState }
  | { code: "payment_in_progress"; paymentId: PaymentId }
  /** The service still cannot take what the invoice brings. */
  | { code: "line_not_completable"; number: string }
  | { code: "balance_too_low"; shortBy: Money };

/**
 * An invoice was paid for and its service could not take what it brings: the money became balance, and staff were asked.
 * Once the cause is mended this pays it from there, which completes it, and ends the task.
 */
export async function completeAgain(
  world: World,
  database: Database,
  input: { customerId: CustomerId; invoiceId: InvoiceId; userId: UserId; reason: string },
): Promise<Result<{ number: string }, CompleteAgainRefusal>> {
  const { customerId, invoiceId, userId, reason } = input;
  type Answer = Result<{ number: string }, CompleteAgainRefusal>;
  return transact(database, { customerId }, async (tx): Promise<Answer> => {
    const { clock, timeZone } = world;
    const context = { customerId, now: clock.now(), clock, timeZone, actor: "staff" as const, userId };
    const decision = new Decision(context, await lockBalances(tx.sql, customerId));
    await seeInvoices(tx, decision, [invoiceId]);
    const invoice = decision.invoice(invoiceId);
    if (!invoice) return refuse({ code: "invoice_not_found" });
    const { number, state, currency, claimedBy } = invoice;
    const [tasks, debtMinor] = await Promise.all([
      tx.sql`
        select from tasks where customer_id = ${customerId} and kind = 'line_not_completable'
          and subject_id = ${invoiceId} and done_at is null limit 1`,
      readDebt(tx.sql, customerId, currency),
    ]);
    if (state !== "open") return refuse({ code: "invoice_not_open", number, state });
    if (tasks.length === 0) return refuse({ code: "not_stuck" });
    if (claimedBy) return refuse({ code: "payment_in_progress", paymentId: claimedBy });
    if (!decision.isPayable(invoiceId)) return refuse({ code: "line_not_completable", number });
    const shortMinor = remainingMinor(invoice) + debtMinor - decision.book(currency).availableMinor;
    if (shortMinor > 0n) return refuse({ code: "balance_too_low", shortBy: money(shortMinor, currency) });
    decision.finishTask("line_not_completable", invoiceId);
    decision.record({
      ...{ subject: "invoice", subjectId: invoiceId, verb: "invoice_completed_again" },
      ...{ detail: { reason }, isVisible: false },
    });
    await settleWhatWaits(tx, decision, currency, [invoiceId]);
    assert(decision.invoice(invoiceId)?.state === "paid", "what the balance covers is paid");
    return ok({ number });
  });
}
