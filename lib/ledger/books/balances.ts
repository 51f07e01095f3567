import type { Invariant } from "./invariant";
import type { Look } from "./look";

export const balancesInvariant: Invariant = {
  name: "1 balances equal their transfers",
  noun: "balances",
  count: ({ sql, at }) => sql`select count(*) from balances b where ${at("b")}`,
  rules: [
    {
      says: "posted, held and sequence are what the transfers say, without a gap",
      find: (look) => look.sql`
        select s.customer_id, 'balance' as subject, s.currency as subject_id, jsonb_build_object(
          'posted', s.posted_minor::text, 'posted_said', (s.from_posted + coalesce(m.posted, 0))::text,
          'held', s.held_minor::text, 'held_said', (s.from_held + coalesce(m.held, 0))::text,
          'seq', s.seq::text, 'last_seq', coalesce(m.last_seq, s.from_seq)::text,
          'transfers', (s.from_seq + coalesce(m.transfers, 0))::text) as detail
        from (${standing(look)}) s
        left join (${moved(look)}) m on m.customer_id = s.customer_id and m.currency = s.currency
        where s.posted_minor <> s.from_posted + coalesce(m.posted, 0)
          or s.held_minor <> s.from_held + coalesce(m.held, 0)
          or s.seq <> s.from_seq + coalesce(m.transfers, 0)
          or s.seq <> coalesce(m.last_seq, s.from_seq)`,
    },
    {
      says: "0 ≤ held ≤ posted",
      find: ({ sql, at }) => sql`
        select b.customer_id, 'balance', b.currency,
          jsonb_build_object('posted', b.posted_minor::text, 'held', b.held_minor::text)
        from balances b where ${at("b")} and not (0 <= b.held_minor and b.held_minor <= b.posted_minor)`,
    },
    {
      says: "a post or void resolves a hold made before it, for the same, and takes no more",
      find: ({ sql, at }) => sql`
        select t.customer_id, 'transfer', t.id::text, jsonb_build_object('kind', t.kind, 'hold', t.pending_id,
          'amount', t.amount_minor::text, 'held', h.amount_minor::text)
        from transfers t
        left join transfers h on h.customer_id = t.customer_id and h.id = t.pending_id and h.kind = 'pending'
        where ${at("t")} and t.pending_id is not null and (h.id is null or h.seq >= t.seq or h.currency <> t.currency
          or h.payment_id is distinct from t.payment_id or h.invoice_id is distinct from t.invoice_id
          or h.refund_id is distinct from t.refund_id or h.dispute_id is distinct from t.dispute_id
          or t.amount_minor > h.amount_minor or (t.kind = 'void' and t.amount_minor <> h.amount_minor))`,
    },
  ],
};

/** Where the sums begin: at the checkpoint, or at nothing. */
function standing({ sql, at, isIncremental }: Look) {
  return isIncremental
    ? sql`
        select b.customer_id, b.currency, b.posted_minor, b.held_minor, b.seq, coalesce(c.seq, 0) as from_seq,
          coalesce(c.posted_minor, 0) as from_posted, coalesce(c.held_minor, 0) as from_held
        from balances b
        left join balance_checks c on c.customer_id = b.customer_id and c.currency = b.currency
        where ${at("b")}`
    : sql`
        select b.customer_id, b.currency, b.posted_minor, b.held_minor, b.seq,
          0::bigint as from_seq, 0::bigint as from_posted, 0::bigint as from_held
        from balances b where ${at("b")}`;
}

/** What the transfers since then did. A hold that is resolved is released whole, whatever was taken of it. */
function moved({ sql, at, isIncremental }: Look) {
  const since = isIncremental
    ? sql`left join balance_checks c on c.customer_id = t.customer_id and c.currency = t.currency`
    : sql``;
  return sql`
    select t.customer_id, t.currency, count(*) as transfers, max(t.seq) as last_seq,
      sum(case when t.kind not in ('posted', 'post') then 0 when t.credit = 'customer_balance' then t.amount_minor
        when t.debit = 'customer_balance' then -t.amount_minor else 0 end) as posted,
      sum(case when t.kind = 'pending' then t.amount_minor else -coalesce(h.amount_minor, 0) end) as held
    from transfers t
    left join transfers h on h.customer_id = t.customer_id and h.id = t.pending_id and h.kind = 'pending'
    ${since}
    where ${at("t")} ${isIncremental ? sql`and t.seq > coalesce(c.seq, 0)` : sql``}
    group by t.customer_id, t.currency`;
}
