import { type PlantedViolation, plantedMoneyBack } from "./planted-money-back";

const balances: PlantedViolation[] = [
  {
    says: "posted, held and sequence are what the transfers say, without a gap",
    how: "a balance has a cent too much",
    plant: (sql, { customerId }) =>
      sql`update balances set posted_minor = posted_minor + 1 where customer_id = ${customerId} and currency = 'USD'`,
  },
  {
    says: "posted, held and sequence are what the transfers say, without a gap",
    how: "less is held than the open holds say",
    plant: (sql, { customerId }) =>
      sql`update balances set held_minor = held_minor - 1 where customer_id = ${customerId} and currency = 'USD'`,
  },
  {
    says: "posted, held and sequence are what the transfers say, without a gap",
    how: "a transfer that moved no balance is missing",
    plant: (sql, { customerId, paidByCard }) =>
      sql`delete from transfers where customer_id = ${customerId} and invoice_id = ${paidByCard}
        and credit = 'deferred_revenue'`,
  },
  {
    says: "0 ≤ held ≤ posted",
    how: "more is held than there is",
    plant: (sql, { customerId }) =>
      sql`update balances set held_minor = posted_minor + 1 where customer_id = ${customerId} and currency = 'USD'`,
  },
  {
    says: "a post or void resolves a hold made before it, for the same, and takes no more",
    how: "a post takes more than was held",
    plant: (sql, { customerId }) =>
      sql`update transfers set amount_minor = amount_minor + 1 where customer_id = ${customerId} and kind = 'post'`,
  },
];

const invoices: PlantedViolation[] = [
  {
    says: "the receivable of an invoice is what remains on it (written off: nothing)",
    how: "an open invoice says that a cent was paid",
    plant: (sql, { customerId, renewal }) =>
      sql`update invoices set amount_paid_minor = 1 where customer_id = ${customerId} and id = ${renewal}`,
  },
  {
    says: "the receivable of an invoice is what remains on it (written off: nothing)",
    how: "a written-off invoice still has its receivable",
    plant: (sql, { customerId, renewal }) =>
      sql`update invoices set state = 'written_off' where customer_id = ${customerId} and id = ${renewal}`,
  },
  {
    says: "what an invoice brought to deferred revenue and tax is its total less what was credited",
    how: "an invoice was booked as revenue at once",
    plant: (sql, { customerId, paidByCard }) =>
      sql`update transfers set credit = 'revenue' where customer_id = ${customerId} and invoice_id = ${paidByCard}
        and credit = 'deferred_revenue'`,
  },
  {
    says: "nothing remains on an invoice exactly when it is paid or void",
    how: "a paid invoice is open again",
    plant: (sql, { customerId, paidByCard }) =>
      sql`update invoices set state = 'open', paid_at = null where customer_id = ${customerId} and id = ${paidByCard}`,
  },
  {
    says: "what an invoice brought to deferred revenue and tax is its total less what was credited",
    how: "a void invoice is still to be earned",
    plant: (sql, { customerId }) =>
      sql`delete from transfers where customer_id = ${customerId} and reason = 'invoice_voided'`,
  },
  {
    says: "no money is left on a void invoice",
    how: "a paid invoice was voided",
    plant: (sql, { customerId, paidByCard }) =>
      sql`update invoices set state = 'void', paid_at = null where customer_id = ${customerId} and id = ${paidByCard}`,
  },
  {
    says: "what was credited on an invoice is what its credit notes say",
    how: "an invoice was voided without a credit note",
    plant: (sql, { customerId, voided }) =>
      sql`delete from credit_notes where customer_id = ${customerId} and invoice_id = ${voided}`,
  },
  {
    says: "an invoice is the sum of its lines",
    how: "a line costs a cent more",
    plant: (sql, { customerId, paidByCard }) =>
      sql`update invoice_lines set net_minor = net_minor + 1 where customer_id = ${customerId} and invoice_id = ${paidByCard}`,
  },
  {
    says: "every transfer on receivable names its invoice",
    how: "a payment's transfer has lost its invoice",
    plant: (sql, { customerId, paidByCard }) =>
      sql`update transfers set invoice_id = null where customer_id = ${customerId} and invoice_id = ${paidByCard}
        and credit = 'receivable'`,
  },
];

const allocations: PlantedViolation[] = [
  {
    says: "net allocations of a payment never exceed it, and only what succeeded is allocated",
    how: "a payment was made smaller afterwards",
    plant: (sql, { customerId, paidByCard }) =>
      sql`update payments p set card_minor = p.card_minor - 1 from payment_shares s
        where s.customer_id = ${customerId} and s.invoice_id = ${paidByCard} and p.customer_id = s.customer_id
          and p.id = s.payment_id and p.state = 'succeeded'`,
  },
  {
    says: "net allocations of a payment never exceed it, and only what succeeded is allocated",
    how: "a payment that paid an invoice failed after all",
    plant: (sql, { customerId, paidByCard }) =>
      sql`update payments p set state = 'failed' from payment_shares s
        where s.customer_id = ${customerId} and s.invoice_id = ${paidByCard} and p.customer_id = s.customer_id
          and p.id = s.payment_id`,
  },
  {
    says: "an invoice's amount paid is its net allocations, and with its credits never exceeds its total",
    how: "an allocation is missing",
    plant: (sql, { customerId, paidCombined }) =>
      sql`delete from allocations where customer_id = ${customerId} and invoice_id = ${paidCombined} and source = 'card'`,
  },
  {
    says: "an allocation is what its transfer moved onto the same invoice, from where it says",
    how: "money from the balance is called bank money",
    plant: (sql, { customerId, paidCombined }) =>
      sql`update allocations set source = 'bank' where customer_id = ${customerId} and invoice_id = ${paidCombined}
        and source = 'balance'`,
  },
  {
    says: "no invoice takes more from a payment than its share of it",
    how: "a share is smaller than what was taken",
    plant: (sql, { customerId, paidCombined }) =>
      sql`update payment_shares set card_minor = card_minor - 1 where customer_id = ${customerId}
        and invoice_id = ${paidCombined}`,
  },
  {
    says: "a payment of invoices is the sum of its shares and its excess",
    how: "a payment claims an excess",
    plant: (sql, { customerId, heldPayment }) =>
      sql`update payments set excess_minor = 1 where customer_id = ${customerId} and id = ${heldPayment}`,
  },
];

const settlements: PlantedViolation[] = [
  {
    says: "a payment that succeeded through Stripe has one charge of its amount, no other has one before its end",
    how: "a payment succeeded without a charge",
    plant: (sql, { customerId, paidByCard }) =>
      sql`delete from charges c using payment_shares s where s.customer_id = ${customerId}
        and s.invoice_id = ${paidByCard} and c.customer_id = s.customer_id and c.payment_id = s.payment_id`,
  },
  {
    says: "a payment that succeeded through Stripe has one charge of its amount, no other has one before its end",
    how: "Stripe took the money twice and both were settled",
    plant: (sql, { customerId }) =>
      sql`insert into charges (customer_id, id, payment_id, stripe_charge_id, currency, amount_minor,
          stripe_balance_transaction_id, fee_minor, fee_currency, next_poll_at, booked_at)
        select customer_id, gen_random_uuid(), payment_id, stripe_charge_id || '2', currency,
          amount_minor, stripe_balance_transaction_id, fee_minor, fee_currency, next_poll_at, booked_at
        from charges where customer_id = ${customerId} limit 1`,
  },
  {
    says: "a payment that succeeded from the balance alone went onto its invoices in full",
    how: "a cent of it went nowhere",
    plant: (sql, { customerId, paidFromBalance }) =>
      sql`update payments p set balance_minor = p.balance_minor + 1 from payment_shares s
        where s.customer_id = ${customerId} and s.invoice_id = ${paidFromBalance} and p.customer_id = s.customer_id
          and p.id = s.payment_id`,
  },
  {
    says: "a charge is booked whole and once, with its fee and its conversion; on invoices only in time",
    how: "a fee differs from what was booked",
    plant: (sql, { customerId }) =>
      sql`update charges set fee_minor = fee_minor + 1 where customer_id = ${customerId} and fee_currency = 'USD'`,
  },
  {
    says: "a charge is booked whole and once, with its fee and its conversion; on invoices only in time",
    how: "a charge was booked a second time",
    plant: (sql, { customerId }) =>
      sql`insert into transfers (customer_id, id, currency, seq, kind, debit, credit,
          amount_minor, reason, pending_id, payment_id, invoice_id, charge_id, occurred_at, value_date)
        select customer_id, gen_random_uuid(), currency, seq + 1000, kind, debit, credit,
          amount_minor, reason, pending_id, payment_id, invoice_id, charge_id, occurred_at, value_date
        from transfers where customer_id = ${customerId} and reason = 'late_success'`,
  },
  {
    says: "a charge is booked whole and once, with its fee and its conversion; on invoices only in time",
    how: "a conversion has only one side",
    plant: (sql, { customerId }) =>
      sql`delete from transfers where customer_id = ${customerId} and debit = 'gateway_clearing' and credit = 'fx'`,
  },
  {
    says: "every transfer on Stripe's clearing account names its charge, refund or dispute",
    how: "a fee has lost its charge",
    plant: (sql, { customerId }) =>
      sql`update transfers set charge_id = null where customer_id = ${customerId} and reason = 'fee'`,
  },
  {
    says: "Stripe's id of a charge, session, refund or dispute is registered for the row that has it",
    how: "the registry does not know a charge",
    plant: (sql, { customerId }) =>
      sql`delete from stripe_objects where customer_id = ${customerId} and kind = 'charge'`,
  },
];

const bankReceipts: PlantedViolation[] = [
  {
    says: "net allocations of a payment never exceed it, and only what succeeded is allocated",
    how: "a payment by bank was made smaller afterwards",
    plant: (sql, { customerId, paidByBank }) =>
      sql`update payments p set bank_minor = 1 from payment_shares s where s.customer_id = ${customerId}
        and s.invoice_id = ${paidByBank} and p.customer_id = s.customer_id and p.id = s.payment_id`,
  },
  {
    says: "no invoice takes more from a payment than its share of it",
    how: "a share by bank is smaller than what was taken",
    plant: (sql, { customerId, paidByBank }) =>
      sql`update payment_shares set bank_minor = bank_minor - 1 where customer_id = ${customerId}
        and invoice_id = ${paidByBank}`,
  },
  {
    says: "a payment of invoices is the sum of its shares and its excess",
    how: "what a payment by bank brought to the balance is forgotten",
    plant: (sql, { customerId }) =>
      sql`update payments set excess_minor = 0 where customer_id = ${customerId} and funding = 'bank'`,
  },
  {
    says: "a receipt is booked whole and once, on its payment or on suspense, with the bank's value date",
    how: "a receipt was booked a second time",
    plant: (sql, { customerId }) =>
      sql`insert into transfers (customer_id, id, currency, seq, kind, debit, credit, amount_minor, reason, payment_id,
          bank_receipt_id, occurred_at, value_date)
        select customer_id, gen_random_uuid(), currency, seq + 1000, kind, debit, credit, amount_minor, reason, payment_id,
          bank_receipt_id, occurred_at, value_date
        from transfers where customer_id = ${customerId} and debit = 'bank' and credit = 'customer_balance'`,
  },
  {
    says: "a receipt is booked whole and once, on its payment or on suspense, with the bank's value date",
    how: "it counts from another day than the bank has it",
    plant: (sql, { customerId, paidByBank }) =>
      sql`update transfers set value_date = value_date + 1 where customer_id = ${customerId}
        and invoice_id = ${paidByBank} and debit = 'bank'`,
  },
  {
    says: "a payment by bank has one receipt of its amount, and no other payment has one",
    how: "a payment by bank is without its receipt",
    plant: (sql, { customerId }) =>
      sql`update bank_receipts set amount_minor = amount_minor + 1 where customer_id = ${customerId}`,
  },
  {
    says: "money that comes by bank names its receipt",
    how: "nobody knows from which receipt money came",
    plant: (sql, { customerId }) =>
      sql`update transfers set bank_receipt_id = null where customer_id = ${customerId} and debit = 'bank'`,
  },
  {
    says: "a receipt is registered once over all customers",
    how: "the registry does not know a receipt",
    plant: (sql, { customerId }) =>
      sql`delete from bank_receipt_keys k using bank_receipts r where r.customer_id = ${customerId}
        and k.receipt_id = r.id`,
  },
  {
    says: "a receipt that was assigned is booked on one customer, who was found",
    how: "a receipt is called assigned, and nobody has it",
    plant: (sql, { customerId }) =>
      sql`update bank_receipts set assigned_at = recorded_at, payment_id = null where customer_id = ${customerId}`,
  },
];

const claims: PlantedViolation[] = [
  {
    says: "every open external payment holds the claim of each of its invoices",
    how: "a claim is gone while its payment is open",
    plant: (sql, { customerId, held }) =>
      sql`delete from invoice_claims where customer_id = ${customerId} and invoice_id = ${held[1]}`,
  },
  {
    says: "no claim is without its open external payment",
    how: "a payment expired and left its claims",
    plant: (sql, { customerId, heldPayment }) =>
      sql`update payments set state = 'expired', ended_at = created_at where customer_id = ${customerId}
        and id = ${heldPayment}`,
  },
  {
    says: "a term of a service is on one line at most that is neither void nor credited with its term removed",
    how: "a second invoice bills the same term",
    plant: (sql, { customerId, renewal, late }) =>
      sql`update invoice_lines l set kind = 'renewal', service_id = r.service_id, renewal_id = r.renewal_id,
          term_starts_at = r.term_starts_at, term_ends_at = r.term_ends_at
        from invoice_lines r where r.customer_id = ${customerId} and r.invoice_id = ${renewal}
          and l.customer_id = r.customer_id and l.invoice_id = ${late}`,
  },
  {
    says: "a renewal names the invoice that bills its term now, and stands as that invoice does",
    how: "a renewal is paid and its invoice is not",
    plant: (sql, { customerId, renewal }) =>
      sql`update renewals set state = 'paid' where customer_id = ${customerId} and invoice_id = ${renewal}`,
  },
  {
    says: "an invoice that is to be paid for a renewal is the one that the renewal names",
    how: "a renewal has forgotten its invoice",
    plant: (sql, { customerId, renewal }) =>
      sql`update renewals set state = 'due', invoice_id = null where customer_id = ${customerId}
        and invoice_id = ${renewal}`,
  },
];

const terms: PlantedViolation[] = [
  {
    says: "every paid order and renewal line has its term, with the dates printed on it",
    how: "a renewal was paid and the service was not prolonged",
    plant: (sql, { customerId }) =>
      sql`delete from terms where customer_id = ${customerId} and follows_at is not null`,
  },
  {
    says: "every paid order and renewal line has its term, with the dates printed on it",
    how: "a term is a day longer than was paid for",
    plant: (sql, { customerId }) =>
      sql`update terms set ends_at = ends_at + interval '1 day' where customer_id = ${customerId}
        and follows_at is not null`,
  },
  {
    says: "every term has its paid line, of the same service",
    how: "a term is of a line that nobody paid",
    plant: (sql, { customerId, renewal }) =>
      sql`update terms t set invoice_line_id = l.id from invoice_lines l
        where l.customer_id = ${customerId} and l.invoice_id = ${renewal} and t.customer_id = l.customer_id
          and t.follows_at is not null`,
  },
  {
    says: "terms of a service neither overlap nor leave a gap, unless it was terminated between them",
    how: "an hour is missing between two terms",
    plant: (sql, { customerId }) =>
      sql`update terms set starts_at = starts_at + interval '1 hour' where customer_id = ${customerId}
        and follows_at is not null`,
  },
  {
    says: "terms of a service neither overlap nor leave a gap, unless it was terminated between them",
    how: "two terms share an hour",
    plant: (sql, { customerId }) =>
      sql`update terms set ends_at = ends_at + interval '1 hour' where customer_id = ${customerId}
        and follows_at is null`,
  },
  {
    says: "a service expires when its last term ends",
    how: "a term was paid, yet the expiry date stayed",
    plant: (sql, { customerId }) =>
      sql`update services set expires_at = expires_at - interval '1 month' where customer_id = ${customerId}`,
  },
];

const holds: PlantedViolation[] = [
  {
    says: "no hold is open without its open payment, refund or dispute",
    how: "a payment was canceled and kept its holds",
    plant: (sql, { customerId, heldPayment }) =>
      sql`update payments set state = 'canceled', ended_at = created_at where customer_id = ${customerId}
        and id = ${heldPayment}`,
  },
  {
    says: "an open payment holds what it plans to take from the balance, invoice by invoice",
    how: "a hold was released while its payment was open",
    plant: (sql, { customerId, heldPayment }) =>
      sql`insert into transfers (customer_id, id, currency, seq, kind, debit, credit,
          amount_minor, reason, pending_id, payment_id, invoice_id, charge_id, occurred_at, value_date)
        select customer_id, gen_random_uuid(), currency, seq + 1000, 'void', debit, credit,
          amount_minor, 'payment_released', id, payment_id, invoice_id, charge_id, occurred_at, value_date
        from transfers where customer_id = ${customerId} and payment_id = ${heldPayment} and kind = 'pending'`,
  },
  {
    says: "every open payment is an external one that has a time to be looked at again",
    how: "an open payment is polled no more",
    plant: (sql, { customerId, heldPayment }) =>
      sql`update payments set next_poll_at = null where customer_id = ${customerId} and id = ${heldPayment}`,
  },
  {
    says: "a charge whose fee is not known has a time to be asked about again",
    how: "nobody asks about a fee",
    plant: (sql, { customerId, latePayment }) =>
      sql`update charges set next_poll_at = null where customer_id = ${customerId} and payment_id = ${latePayment}`,
  },
  {
    says: "money on refund_payable or suspense has its open task",
    how: "money of unknown sender lies there unseen",
    plant: (sql, { customerId }) =>
      sql`update transfers set debit = 'bank', credit = 'suspense' where customer_id = ${customerId}
        and reason = 'goodwill'`,
  },
];

const numbers: PlantedViolation[] = [
  {
    says: "a transfer is in the currency of its invoice and payment, and of its charge or that charge's fee",
    how: "a transfer onto an invoice is in another currency",
    plant: (sql, { customerId, paidByCard }) =>
      sql`update transfers set currency = 'GBP' where customer_id = ${customerId} and invoice_id = ${paidByCard}`,
  },
  {
    says: "a payment is in the currency of its invoices",
    how: "an invoice under payment changed its currency",
    plant: (sql, { customerId, held }) =>
      sql`update invoices set currency = 'GBP' where customer_id = ${customerId} and id = ${held[0]}`,
  },
  {
    says: "a transfer is in the currency of its invoice and payment, and of its charge or that charge's fee",
    how: "a paid invoice changed its currency",
    plant: (sql, { customerId, paidByCard }) =>
      sql`update invoices set currency = 'GBP' where customer_id = ${customerId} and id = ${paidByCard}`,
  },
  {
    says: "a charge is in the currency of its payment",
    how: "a charge is in another currency",
    plant: (sql, { customerId, latePayment }) =>
      sql`update charges set currency = 'GBP' where customer_id = ${customerId} and payment_id = ${latePayment}`,
  },
  {
    says: "a credit note is in the currency of its invoice",
    how: "a credit note is in another currency",
    plant: (sql, { customerId }) =>
      sql`update credit_notes set currency = 'GBP' where customer_id = ${customerId}`,
  },
  {
    says: "every credit note has a number, and it is the one registered for it",
    how: "a credit note's number is not registered",
    plant: (sql, { customerId }) => sql`delete from credit_note_numbers where customer_id = ${customerId}`,
  },
  {
    says: "every invoice has a number, and it is the one registered for it",
    how: "an invoice is without a number",
    plant: (sql, { customerId, late }) =>
      sql`update invoices set number = null where customer_id = ${customerId} and id = ${late}`,
  },
  {
    says: "every invoice has a number, and it is the one registered for it",
    how: "an invoice has another's number",
    plant: (sql, { customerId, late }) =>
      sql`update invoices set number = 'INV-2026-999999' where customer_id = ${customerId} and id = ${late}`,
  },
];

/** At least one for every rule of the books that belongs to single customers. */
export const plantedViolations: readonly PlantedViolation[] = [
  ...balances,
  ...invoices,
  ...allocations,
  ...settlements,
  ...bankReceipts,
  ...claims,
  ...terms,
  ...holds,
  ...plantedMoneyBack,
  ...numbers,
];
