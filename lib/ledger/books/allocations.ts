import type { Invariant } from "./invariant";

export const allocationsInvariant: Invariant = {
  name: "3 allocations stay within payments and invoices",
  noun: "allocations",
  count: ({ sql, at }) => sql`select count(*) from allocations a where ${at("a")}`,
  given: ({ sql, at }) => sql`
    taken as materialized (
      select a.customer_id, a.payment_id, a.invoice_id, sum(a.amount_minor) as net,
        sum(case when a.source = 'balance' then a.amount_minor else 0 end) as net_from_balance,
        sum(case when a.source = 'card' then a.amount_minor else 0 end) as net_by_card,
        sum(case when a.source = 'bank' then a.amount_minor else 0 end) as net_by_bank,
        sum(case when a.source = 'balance' and a.amount_minor > 0 then a.amount_minor else 0 end) as from_balance,
        sum(case when a.source = 'card' and a.amount_minor > 0 then a.amount_minor else 0 end) as by_card,
        sum(case when a.source = 'bank' and a.amount_minor > 0 then a.amount_minor else 0 end) as by_bank
      from allocations a where ${at("a")} group by a.customer_id, a.payment_id, a.invoice_id
    )`,
  rules: [
    {
      says: "net allocations of a payment never exceed it, and only what succeeded is allocated",
      find: ({ sql, at }) => sql`
        select p.customer_id, 'payment' as subject, p.id::text as subject_id, jsonb_build_object('state', p.state,
          'balance', p.balance_minor::text, 'card', p.card_minor::text, 'bank', p.bank_minor::text,
          'from_balance', a.from_balance::text, 'by_card', a.by_card::text, 'by_bank', a.by_bank::text) as detail
        from payments p
        join (
          select a.customer_id, a.payment_id, sum(a.net) as total, sum(a.net_from_balance) as from_balance,
            sum(a.net_by_card) as by_card, sum(a.net_by_bank) as by_bank
          from taken a group by a.customer_id, a.payment_id
        ) a on a.customer_id = p.customer_id and a.payment_id = p.id
        where ${at("p")} and (p.state <> 'succeeded' or a.from_balance > p.balance_minor or a.by_card > p.card_minor
          or a.by_bank > p.bank_minor or a.total > p.balance_minor + p.card_minor + p.bank_minor)`,
    },
    {
      says: "an invoice's amount paid is its net allocations, and with its credits never exceeds its total",
      find: ({ sql, at }) => sql`
        select i.customer_id, 'invoice', i.id::text, jsonb_build_object('total', i.total_minor::text,
          'paid', i.amount_paid_minor::text, 'credited', i.amount_credited_minor::text,
          'allocated', coalesce(a.total, 0)::text)
        from invoices i
        left join (
          select a.customer_id, a.invoice_id, sum(a.net) as total from taken a group by a.customer_id, a.invoice_id
        ) a on a.customer_id = i.customer_id and a.invoice_id = i.id
        where ${at("i")} and (coalesce(a.total, 0) <> i.amount_paid_minor
          or coalesce(a.total, 0) + i.amount_credited_minor > i.total_minor)`,
    },
    {
      says: "an allocation is what its transfer moved onto the same invoice, from where it says",
      find: ({ sql, at }) => sql`
        select a.customer_id, 'allocation', a.id::text, jsonb_build_object('transfer', a.transfer_id,
          'source', a.source, 'amount', a.amount_minor::text, 'moved', t.amount_minor::text)
        from allocations a
        left join transfers t on t.customer_id = a.customer_id and t.id = a.transfer_id
        where ${at("a")} and (t.id is null or t.invoice_id is distinct from a.invoice_id
          or t.kind not in ('posted', 'post') or (a.amount_minor > 0 and (t.amount_minor <> a.amount_minor
            or t.payment_id is distinct from a.payment_id or t.credit <> 'receivable'
            or t.debit <> case a.source when 'balance' then 'customer_balance' when 'card' then 'gateway_clearing'
              else 'bank' end)))`,
    },
    {
      says: "no invoice takes more from a payment than its share of it",
      find: ({ sql }) => sql`
        select a.customer_id, 'payment', a.payment_id::text, jsonb_build_object('invoice', a.invoice_id,
          'from_balance', a.from_balance::text, 'by_card', a.by_card::text, 'by_bank', a.by_bank::text,
          'share_of_balance', s.balance_minor::text, 'share_of_card', s.card_minor::text,
          'share_of_bank', s.bank_minor::text)
        from taken a
        left join payment_shares s on s.customer_id = a.customer_id and s.payment_id = a.payment_id
          and s.invoice_id = a.invoice_id
        where a.from_balance + a.by_card + a.by_bank > 0
          and (s.payment_id is null or a.from_balance > s.balance_minor or a.by_card > s.card_minor
            or a.by_bank > s.bank_minor)`,
    },
    {
      says: "a payment of invoices is the sum of its shares and its excess",
      find: ({ sql, at }) => sql`
        select p.customer_id, 'payment', p.id::text, jsonb_build_object('balance', p.balance_minor::text,
          'card', p.card_minor::text, 'bank', p.bank_minor::text, 'excess', p.excess_minor::text,
          'shares_of_balance', s.balance::text, 'shares_of_card', s.card::text, 'shares_of_bank', s.bank::text)
        from payments p
        left join (
          select s.customer_id, s.payment_id, sum(s.balance_minor) as balance, sum(s.card_minor) as card,
            sum(s.bank_minor) as bank
          from payment_shares s where ${at("s")} group by s.customer_id, s.payment_id
        ) s on s.customer_id = p.customer_id and s.payment_id = p.id
        where ${at("p")} and p.kind = 'invoices' and (s.balance is distinct from p.balance_minor
          or s.card + s.bank is distinct from p.card_minor + p.bank_minor - p.excess_minor
          or (s.bank > 0) is distinct from (p.bank_minor > 0))`,
    },
  ],
};
