import { assert } from "@/lib/kernel/assert";
import type { CalendarDay } from "@/lib/kernel/calendar";
import type {
  BankReceiptId,
  ChargeId,
  CustomerId,
  DisputeId,
  InvoiceId,
  PaymentId,
  RefundId,
  TransferId,
} from "@/lib/kernel/id";
import type { Currency } from "@/lib/kernel/money";
import type { LedgerAccount, TransferReason } from "./accounts";

/** The row of a balance as it was read under its lock. Minor units. */
export interface LockedBalance {
  readonly currency: Currency;
  readonly postedMinor: bigint;
  readonly heldMinor: bigint;
  readonly seq: bigint;
}

/** Balance held for a payment's share of an invoice. */
export interface ShareHold {
  readonly paymentId: PaymentId;
  readonly invoiceId: InvoiceId;
}

/** Held for a refund to the card, until Stripe has created it. */
export interface RefundHold {
  readonly refundId: RefundId;
}

/** Held for a dispute, until it is won or lost. */
export interface DisputeHold {
  readonly disputeId: DisputeId;
}

export type HeldFor = ShareHold | RefundHold | DisputeHold;

/** A hold that nothing has resolved yet. */
export type OpenHold<For extends HeldFor = ShareHold> = For & {
  readonly id: TransferId;
  readonly amountMinor: bigint;
};

export interface TransferRow {
  readonly id: TransferId;
  readonly currency: Currency;
  readonly seq: bigint;
  readonly kind: "posted" | "pending" | "post" | "void";
  readonly debit: LedgerAccount;
  readonly credit: LedgerAccount;
  readonly amountMinor: bigint;
  readonly reason: TransferReason;
  readonly pendingId: TransferId | null;
  readonly paymentId: PaymentId | null;
  readonly invoiceId: InvoiceId | null;
  readonly chargeId: ChargeId | null;
  readonly refundId: RefundId | null;
  readonly disputeId: DisputeId | null;
  readonly bankReceiptId: BankReceiptId | null;
  readonly valueDate: CalendarDay;
}

export interface Entry {
  debit: LedgerAccount;
  credit: LedgerAccount;
  amountMinor: bigint;
  reason: TransferReason;
  paymentId?: PaymentId | null;
  invoiceId?: InvoiceId | null;
  chargeId?: ChargeId | null;
  refundId?: RefundId | null;
  disputeId?: DisputeId | null;
  bankReceiptId?: BankReceiptId | null;
  /** The day from which the money counts, if it is not the book's own: a bank's. */
  valueDate?: CalendarDay;
}

/** What is written of a book: new rows, and the balance they leave. */
export interface BookChanges {
  readonly customerId: CustomerId;
  readonly occurredAt: Date;
  readonly balance: LockedBalance;
  readonly isNewBalance: boolean;
  readonly transfers: readonly TransferRow[];
}

/**
 * One customer's ledger in one currency while its balance is locked: collects the transfers of a decision and keeps
 * posted and held as they will be, so that the rule 0 ≤ held ≤ posted is met before the database has to refuse.
 * Pure: writes nothing (`postBook` does). Breaking a rule of the ledger is a bug and throws.
 */
export class Book {
  private readonly rows: TransferRow[] = [];
  private postedMinor: bigint;
  private heldMinor: bigint;
  private seq: bigint;
  private debtMinor = 0n;
  private readonly resolved = new Set<TransferId>();

  constructor(
    private readonly customerId: CustomerId,
    private readonly before: LockedBalance,
    private readonly context: {
      now: Date;
      valueDate: CalendarDay;
      newId: () => TransferId;
      isNewBalance?: boolean;
    },
  ) {
    this.postedMinor = before.postedMinor;
    this.heldMinor = before.heldMinor;
    this.seq = before.seq;
  }

  get currency(): Currency {
    return this.before.currency;
  }

  /** Posted less held: what may be spent. Minor units. */
  get availableMinor(): bigint {
    return this.postedMinor - this.heldMinor;
  }

  /** What this decision has made the customer owe more, or less if negative. Minor units. */
  get debtRaisedMinor(): bigint {
    return this.debtMinor;
  }

  /** What of a payment's money this decision has put on the balance. Minor units. */
  broughtMinor(paymentId: PaymentId): bigint {
    return this.rows
      .filter((row) => row.credit === "customer_balance" && row.paymentId === paymentId)
      .reduce((total, row) => total + row.amountMinor, 0n);
  }

  /** Moves money at once. Throws if it would spend more of the balance than is available. */
  transfer(entry: Entry): TransferId {
    assertMoves(entry);
    if (entry.debit === "customer_balance") {
      assert(entry.amountMinor <= this.availableMinor, "no more is spent than is available");
      this.postedMinor -= entry.amountMinor;
    }
    if (entry.credit === "customer_balance") this.postedMinor += entry.amountMinor;
    if (entry.debit === "customer_debt") this.debtMinor += entry.amountMinor;
    if (entry.credit === "customer_debt") this.debtMinor -= entry.amountMinor;
    return this.add("posted", entry, null);
  }

  /**
   * Reserves balance for a payment's share of an invoice, a refund or a dispute; only the outcome of that resolves it.
   */
  hold(held: HeldFor & { amountMinor: bigint }): TransferId {
    const { amountMinor } = held;
    const { credit, taken } = flowOf(held);
    const entry: Entry = {
      ...referencesOf(held),
      debit: "customer_balance",
      credit,
      amountMinor,
      reason: taken,
    };
    assertMoves(entry);
    assert(amountMinor <= this.availableMinor, "no more is held than is available");
    this.heldMinor += amountMinor;
    return this.add("pending", entry, null);
  }

  /** Resolves a hold by taking all or a part of it; the rest is released. */
  postHold(hold: OpenHold<HeldFor>, amountMinor: bigint): TransferId {
    assert(amountMinor > 0n && amountMinor <= hold.amountMinor, "a hold is posted in full or in part");
    this.resolve(hold);
    this.postedMinor -= amountMinor;
    const { credit, taken } = flowOf(hold);
    return this.add(
      "post",
      { ...referencesOf(hold), debit: "customer_balance", credit, amountMinor, reason: taken },
      hold.id,
    );
  }

  /** Resolves a hold by giving all of it back. */
  voidHold(hold: OpenHold<HeldFor>): TransferId {
    this.resolve(hold);
    const { credit, released } = flowOf(hold);
    const { amountMinor } = hold;
    return this.add(
      "void",
      { ...referencesOf(hold), debit: "customer_balance", credit, amountMinor, reason: released },
      hold.id,
    );
  }

  changes(): BookChanges {
    return {
      customerId: this.customerId,
      occurredAt: this.context.now,
      isNewBalance: this.context.isNewBalance ?? false,
      balance: {
        currency: this.before.currency,
        postedMinor: this.postedMinor,
        heldMinor: this.heldMinor,
        seq: this.seq,
      },
      transfers: this.rows,
    };
  }

  private resolve(hold: OpenHold<HeldFor>): void {
    assert(!this.resolved.has(hold.id), "a hold is resolved once");
    this.resolved.add(hold.id);
    assert(hold.amountMinor <= this.heldMinor, "what is released was held");
    this.heldMinor -= hold.amountMinor;
  }

  private add(kind: TransferRow["kind"], entry: Entry, pendingId: TransferId | null): TransferId {
    this.seq += 1n;
    const id = this.context.newId();
    this.rows.push({
      id,
      currency: this.before.currency,
      seq: this.seq,
      kind,
      debit: entry.debit,
      credit: entry.credit,
      amountMinor: entry.amountMinor,
      reason: entry.reason,
      pendingId,
      paymentId: entry.paymentId ?? null,
      invoiceId: entry.invoiceId ?? null,
      chargeId: entry.chargeId ?? null,
      refundId: entry.refundId ?? null,
      disputeId: entry.disputeId ?? null,
      bankReceiptId: entry.bankReceiptId ?? null,
      valueDate: entry.valueDate ?? this.context.valueDate,
    });
    return id;
  }
}

/** Before anything is summed: what is refused leaves the book as it was. */
function assertMoves({ amountMinor, debit, credit }: Entry): void {
  assert(amountMinor > 0n, "a transfer moves something");
  assert(debit !== credit, "a transfer has two sides");
}

function referencesOf(held: HeldFor): HeldFor {
  if ("refundId" in held) return { refundId: held.refundId };
  if ("disputeId" in held) return { disputeId: held.disputeId };
  return { paymentId: held.paymentId, invoiceId: held.invoiceId };
}

/** Where held money goes when it is taken, and what its rows are called. */
function flowOf(held: HeldFor): { credit: LedgerAccount; taken: TransferReason; released: TransferReason } {
  if ("refundId" in held) {
    return { credit: "gateway_clearing", taken: "top_up_refunded", released: "refund_released" };
  }
  if ("disputeId" in held) {
    return { credit: "disputed", taken: "dispute_lost", released: "dispute_released" };
  }
  return { credit: "receivable", taken: "invoice_paid", released: "payment_released" };
}
