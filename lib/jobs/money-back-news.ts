import { transact } from "@/db/transaction";
import type { World } from "@/lib/billing/world";
import { money } from "@/lib/kernel/money";
import type { Mail } from "@/lib/mail/mailer";
import { disputeMail, refundFailedMail, refundMadeMail } from "@/lib/mail/money-back-mail";
import type { OutboxRow } from "./notices";

/** Who bears what is lost of a dispute. */
const bearers = new Set(["customer_balance", "customer_debt", "dispute_loss"]);

/** What a customer hears of refunds and disputes, read when it is sent. */
export async function mailOfMoneyBack(
  { world, host }: { world: World; host: { name: string; url: string } },
  row: OutboxRow,
): Promise<Mail | null> {
  const { customerId, payload, topic } = row;
  const { refundId = null, disputeId = null } = payload;
  const [[customer], [refund], [dispute], moved, [kept]] = await transact(
    world.jobs,
    { customerId },
    ({ sql }) =>
      Promise.all([
        sql`select name, email, locale from customers where id = ${customerId}`,
        sql`select currency, amount_minor, failure_code from refunds where customer_id = ${customerId} and id = ${refundId}`,
        sql`
        select d.currency, d.amount_minor, c.booked_at,
          (select count(*) from transfers t where t.customer_id = d.customer_id and t.dispute_id = d.id
            and t.kind in ('posted', 'post') and t.reason = 'dispute_lost') > 0 as was_lost from disputes d
        join charges c on c.customer_id = d.customer_id and c.id = d.charge_id
        where d.customer_id = ${customerId} and d.id = ${disputeId}`,
        sql`
        select kind, debit, credit, sum(amount_minor)::bigint as minor from transfers
        where customer_id = ${customerId} and (refund_id = ${refundId} or dispute_id = ${disputeId})
        group by kind, debit, credit`,
        sql`
        select sum(t.amount_minor)::bigint as minor
        from refunds r
        join disputes d on d.customer_id = r.customer_id and d.charge_id = r.charge_id
        join transfers t on t.customer_id = d.customer_id and t.dispute_id = d.id and t.debit = 'customer_balance'
          and (t.kind = 'pending' or t.reason = 'dispute_loss_recovered')
        where r.customer_id = ${customerId} and r.id = ${refundId} and t.occurred_at = (
          select max(f.occurred_at) from transfers f where f.customer_id = r.customer_id and f.refund_id = r.id
            and f.reason = 'refund_failed' and f.credit = 'customer_balance')`,
      ]),
  );
  if (!customer) return null;
  const { name, email, locale } = customer;
  const about = { locale, recipient: { name, email }, host, timeZone: world.timeZone };
  const sum = (is: (transfer: { kind: string; debit: string; credit: string }) => boolean) =>
    moved.filter((each) => is(each as never)).reduce((total, { minor }) => total + minor, 0n);
  const isPosted = (kind: string) => kind === "posted" || kind === "post";
  if (refund) {
    const of = (minor: bigint) => money(minor, refund.currency);
    if (topic === "refund.made") return refundMadeMail(about, of(refund.amount_minor));
    const back = sum(({ kind, credit }) => isPosted(kind) && credit === "customer_balance");
    const keptMinor: bigint = kept?.minor ?? 0n;
    return refundFailedMail(about, of(refund.amount_minor), {
      back: of(back),
      kept: of(keptMinor < back ? keptMinor : back),
      code: refund.failure_code,
    });
  }
  if (!dispute) return null;
  const of = (minor: bigint) => money(minor, dispute.currency);
  const outcome = topic === "dispute.won" ? "won" : topic === "dispute.lost" ? "lost" : "withdrawn";
  return disputeMail(about, outcome, {
    amount: of(dispute.amount_minor),
    paidAt: dispute.booked_at,
    held: of(sum(({ kind }) => kind === "pending")),
    taken: of(
      sum(
        ({ kind, debit, credit }) => isPosted(kind) && debit === "customer_balance" && credit === "disputed",
      ),
    ),
    lost: of(sum(({ kind, debit, credit }) => isPosted(kind) && credit === "disputed" && bearers.has(debit))),
    owed: of(sum(({ debit }) => debit === "customer_debt")),
    returned: dispute.was_lost
      ? of(sum(({ debit, credit }) => debit === "disputed" && credit === "customer_balance"))
      : null,
  });
}
