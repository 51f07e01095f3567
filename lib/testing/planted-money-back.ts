import type postgres from "postgres";
import type { BusyCustomer } from "./busy-customer";

/** A violation as it could be left behind by a fault of ours or by somebody with the owner's password. */
export interface PlantedViolation {
  /** The rule that it breaks. */
  says: string;
  /** What is wrong. */
  how: string;
  plant(sql: postgres.Sql, busy: BusyCustomer): Promise<unknown>;
}

/** Violations of what the books say of refunds, disputes and debt. */
export const plantedMoneyBack: readonly PlantedViolation[] = [
  {
    says: "a refund is booked whole and once when Stripe has created it, and comes back whole if it fails",
    how: "a refund is said to be booked, and is not",
    plant: (sql, { customerId, openRefund }) =>
      sql`update refunds set booked_at = created_at where customer_id = ${customerId} and id = ${openRefund}`,
  },
  {
    says: "a refund is booked whole and once when Stripe has created it, and comes back whole if it fails",
    how: "a refund failed later, and nothing came back",
    plant: (sql, { customerId, refund }) =>
      sql`update refunds set state = 'failed' where customer_id = ${customerId} and id = ${refund}`,
  },
  {
    says: "a charge is refunded at most once over",
    how: "more was refunded than charged",
    plant: (sql, { customerId, refund }) =>
      sql`update charges c set amount_minor = 1 from refunds r where r.customer_id = ${customerId} and r.id = ${refund}
        and c.customer_id = r.customer_id and c.id = r.charge_id`,
  },
  {
    says: "what a dispute takes is disputed, each movement once, until it is reinstated or lost; its fees are booked",
    how: "a dispute was lost, and its money is disputed still",
    plant: (sql, { customerId, openDispute }) =>
      sql`update disputes set state = 'lost', ended_at = created_at where customer_id = ${customerId}
        and id = ${openDispute}`,
  },
  {
    says: "what a dispute takes is disputed, each movement once, until it is reinstated or lost; its fees are booked",
    how: "the fee of a dispute is another than was booked",
    plant: (sql, { customerId, lostDispute }) =>
      sql`update disputes set fee_minor = fee_minor + 1 where customer_id = ${customerId} and id = ${lostDispute}`,
  },
  {
    says: "what a dispute takes is disputed, each movement once, until it is reinstated or lost; its fees are booked",
    how: "a movement of a dispute was forgotten",
    plant: (sql, { customerId, wonDispute }) =>
      sql`delete from dispute_movements where customer_id = ${customerId} and dispute_id = ${wonDispute}
        and amount_minor > 0`,
  },
  {
    says: "no hold is open without its open payment, refund or dispute",
    how: "a refund failed and kept its hold",
    plant: (sql, { customerId, openRefund }) =>
      sql`update refunds set state = 'failed', ended_at = created_at where customer_id = ${customerId}
        and id = ${openRefund}`,
  },
  {
    says: "no hold is open without its open payment, refund or dispute",
    how: "a dispute was won and kept its hold",
    plant: (sql, { customerId, openDispute }) =>
      sql`update disputes set state = 'won', ended_at = created_at where customer_id = ${customerId}
        and id = ${openDispute}`,
  },
  {
    says: "a refund that Stripe has not created yet holds its amount",
    how: "a refund is larger than what is held for it",
    plant: (sql, { customerId, openRefund }) =>
      sql`update refunds set amount_minor = amount_minor + 1 where customer_id = ${customerId} and id = ${openRefund}`,
  },
  {
    says: "every open refund and dispute has a time to be looked at again",
    how: "an open refund is polled no more",
    plant: (sql, { customerId, openRefund }) =>
      sql`update refunds set next_poll_at = null where customer_id = ${customerId} and id = ${openRefund}`,
  },
  {
    says: "every open refund and dispute has a time to be looked at again",
    how: "an open dispute is polled no more",
    plant: (sql, { customerId, openDispute }) =>
      sql`update disputes set next_poll_at = null where customer_id = ${customerId} and id = ${openDispute}`,
  },
  {
    says: "every open dispute has its open task",
    how: "the task of an open dispute was closed",
    plant: (sql, { customerId }) =>
      sql`update tasks set done_at = created_at where customer_id = ${customerId} and kind = 'dispute_open'`,
  },
  {
    says: "nobody who owes has anything available, and nobody is owed",
    how: "a customer owes and has money all the same",
    plant: (sql, { customerId }) =>
      sql`update transfers set debit = 'customer_debt', credit = 'disputed' where customer_id = ${customerId}
        and reason = 'goodwill' and amount_minor = 700`,
  },
  {
    says: "the host bears of a charge no more than what is on invoices or refunded to its card, and lost all the same",
    how: "the loss of a top-up was booked as the host's",
    plant: (sql, { customerId, lostDispute }) =>
      sql`update transfers set debit = 'dispute_loss' where customer_id = ${customerId}
        and dispute_id = ${lostDispute} and reason = 'dispute_lost' and kind = 'post'`,
  },
  {
    says: "the host bears of a charge no more than what is on invoices or refunded to its card, and lost all the same",
    how: "the host bears what the customer had left of the charge",
    plant: (sql, { customerId, lostDispute, refund }) =>
      sql`with lost as (
          select d.customer_id, d.charge_id, d.amount_minor from disputes d
          where d.customer_id = ${customerId} and d.id = ${lostDispute}
        ), moved as (
          update refunds r set charge_id = lost.charge_id from lost
          where r.customer_id = lost.customer_id and r.id = ${refund} returning r.amount_minor
        ), larger as (
          update charges c set amount_minor = c.amount_minor + moved.amount_minor from lost, moved
          where c.customer_id = lost.customer_id and c.id = lost.charge_id
        )
        update transfers set debit = 'dispute_loss' where customer_id = ${customerId}
          and dispute_id = ${lostDispute} and reason = 'dispute_lost' and kind = 'post'`,
  },
  {
    says: "the customer bears of a charge no more than the charge less what is on invoices or refunded to its card",
    how: "a top-up that was refunded in part is lost, and the customer bears all of it",
    plant: (sql, { customerId, lostDispute, refund }) =>
      sql`update refunds r set charge_id = d.charge_id from disputes d where d.customer_id = ${customerId}
        and d.id = ${lostDispute} and r.customer_id = d.customer_id and r.id = ${refund}`,
  },
  {
    says: "the customer bears of a charge no more than the charge less what is on invoices or refunded to its card",
    how: "the same, with the refund called failed though its money left: the ledger tells, not its state",
    plant: (sql, { customerId, lostDispute, refund }) =>
      sql`update refunds r set charge_id = d.charge_id, state = 'failed' from disputes d
        where d.customer_id = ${customerId}
        and d.id = ${lostDispute} and r.customer_id = d.customer_id and r.id = ${refund}`,
  },
  {
    says: "what a dispute took for good and the host does not bear was taken from the balance or is debt",
    how: "a lost dispute was laid on suspense",
    plant: (sql, { customerId, lostDispute }) =>
      sql`update transfers set debit = 'suspense' where customer_id = ${customerId}
        and dispute_id = ${lostDispute} and reason = 'dispute_lost' and kind = 'post'`,
  },
  {
    says: "what a charge frees while its dispute is open is held for it",
    how: "a refund of a disputed charge failed, and nothing is held",
    plant: async (sql, { customerId, openDispute, failedRefund }) => {
      await sql`delete from transfers where customer_id = ${customerId} and dispute_id = ${openDispute}
        and kind = 'pending'`;
      await sql`update transfers set seq = seq + 1000 where customer_id = ${customerId}
        and refund_id = ${failedRefund} and reason = 'refund_failed' and credit = 'customer_balance'`;
      await sql`update refunds r set charge_id = d.charge_id from disputes d where d.customer_id = ${customerId}
        and d.id = ${openDispute} and r.customer_id = d.customer_id and r.id = ${failedRefund}`;
    },
  },
];
