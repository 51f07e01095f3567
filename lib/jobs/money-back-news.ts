import { transact } from "@/db/transaction";
import type { World } from "@/lib/billing/world";
import { money } from "@/lib/kernel/money";
import type { Mail } from "@/lib/mail/mailer";
import { disputeMail, refundFailedMail, refundMadeMail } from "@/lib/mail/money-back-mail";
import type { OutboxRow } from "./notices";

/** What a customer hears of refunds and disputes, read when it is sent. */
export async function mailOfMoneyBack(
  { world, host }: { world: World; host: { name: string; url: string } },
  row: OutboxRow,
): Promise<Mail | null> {
  const { customerId, payload, topic } = row;
  const { refundId = null, disputeId = null } = payload;
  const [[customer], [refund], [dispute], moved] = await transact(world.jobs, { customerId }, ({ sql }) =>
    Promise.all([
      sql`select name, email, locale from customers where id = ${customerId}`,
      sql`select currency, amount_minor from refunds where customer_id = ${customerId} and id = ${refundId}`,
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
    return refundFailedMail(about, of(refund.amount_minor), of(back));
  }
  if (!dispute) return null;
  const of = (minor: bigint) => money(minor, dispute.currency);
  const outcome = topic === "dispute.won" ? "won" : topic === "dispute.lost" ? "lost" : "withdrawn";
  return disputeMail(about, outcome, {
    amount: of(dispute.amount_minor),
    paidAt: dispute.booked_at,
    held: of(sum(({ kind }) => kind === "pending")),
    taken: of(sum(({ kind, debit }) => isPosted(kind) && debit === "customer_balance")),
    owed: of(sum(({ debit }) => debit === "customer_debt")),
    returned: dispute.was_lost
      ? of(sum(({ debit, credit }) => debit === "disputed" && credit === "customer_balance"))
      : null,
  });
}
