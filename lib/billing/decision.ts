import { assert } from "@/lib/kernel/assert";
import { calendarDay } from "@/lib/kernel/calendar";
import type { Clock } from "@/lib/kernel/clock";
import {
  type ChargeId,
  type CustomerId,
  type InvoiceId,
  newId,
  type PaymentId,
  type ServiceId,
  type TransferId,
  uuidv7,
} from "@/lib/kernel/id";
import type { Currency } from "@/lib/kernel/money";
import { Book, type BookChanges, type LockedBalance } from "@/lib/ledger/book";
import { type Changes, noChanges } from "./changes";
import { type Completion, completionOf } from "./invoice/complete";
import type { FreedMoney } from "./payment/keep-freed";
import type { InvoiceRecord, LineRecord, ServiceRecord } from "./scene";
import type { Topic } from "./topics";

export interface DecisionContext {
  customerId: CustomerId;
  now: Date;
  clock: Clock;
  timeZone: string;
  /** Who acts, for the record. */
  actor: "customer" | "staff" | "system";
  userId: string | null;
}

/** Money on its way onto an invoice. */
export interface Money {
  source: "balance" | "card" | "bank";
  paymentId: PaymentId;
  amountMinor: bigint;
  transferId: TransferId;
}

/**
 * One decision about one customer's money, made in memory over what was read under lock and then written in bulk.
 * It keeps working copies of invoices and services as they will be, so that what is decided second sees what was
 * decided first. Pure: reads no clock, database or network of its own.
 */
export class Decision {
  readonly changes: Changes = noChanges();
  readonly completed: { line: LineRecord; completion: Completion }[] = [];
  readonly invoicesPaid: InvoiceRecord[] = [];
  private readonly books = new Map<Currency, Book>();
  private readonly invoices = new Map<InvoiceId, InvoiceRecord>();
  private readonly invoicesBefore = new Map<InvoiceId, InvoiceRecord>();
  private readonly services = new Map<ServiceId, ServiceRecord>();
  private readonly servicesBefore = new Map<ServiceId, ServiceRecord>();
  private readonly lines = new Map<InvoiceId, LineRecord[]>();
  private readonly stored = new Set<InvoiceId>();
  private freed = new Map<ChargeId, FreedMoney>();
  private kept = 0n;

  constructor(
    readonly context: DecisionContext,
    private readonly balances: readonly LockedBalance[],
  ) {}

  /** Adds what was read under lock. What is known already stays as this decision has it. */
  see(read: {
    invoices: readonly InvoiceRecord[];
    lines: readonly LineRecord[];
    services: readonly ServiceRecord[];
  }) {
    for (const service of read.services) {
      if (this.services.has(service.id)) continue;
      this.services.set(service.id, service);
      this.servicesBefore.set(service.id, service);
    }
    for (const invoice of read.invoices) {
      if (this.invoices.has(invoice.id)) continue;
      this.invoices.set(invoice.id, { ...invoice });
      this.invoicesBefore.set(invoice.id, invoice);
      this.lines.set(
        invoice.id,
        read.lines.filter((line) => line.invoiceId === invoice.id),
      );
    }
  }

  invoice(id: InvoiceId): InvoiceRecord | undefined {
    return this.invoices.get(id);
  }

  /** All invoices seen, as they stand in this decision. */
  allInvoices(): InvoiceRecord[] {
    return [...this.invoices.values()];
  }

  linesOf(id: InvoiceId): readonly LineRecord[] {
    return this.lines.get(id) ?? [];
  }

  service(id: ServiceId): ServiceRecord | undefined {
    return this.services.get(id);
  }

  /** A service as it is from here on in this decision. */
  changeService(service: ServiceRecord): void {
    assert(this.services.has(service.id), "a service was read before it is changed");
    this.services.set(service.id, service);
  }

  /** The customer's ledger in a currency, opened at zero where there is no balance yet. */
  book(currency: Currency): Book {
    const open = this.books.get(currency);
    if (open) return open;
    const balance = this.balances.find((candidate) => candidate.currency === currency);
    const { customerId, now, timeZone, clock } = this.context;
    const book = new Book(customerId, balance ?? { currency, postedMinor: 0n, heldMinor: 0n, seq: 0n }, {
      now,
      valueDate: calendarDay(now, timeZone),
      newId: () => newId<TransferId>(clock),
      isNewBalance: balance === undefined,
    });
    this.books.set(currency, book);
    return book;
  }

  /**
   * Says that money of a charge comes free, or that less of it stands: where it was disputed, that is kept first
   * (`keepFreedMoney`). A payment may have several charges that came late, so that it does not say which.
   */
  free(chargeId: ChargeId, money: FreedMoney): void {
    if (money.arrivedMinor === 0n && money.standsLessMinor === 0n) return;
    const before = this.freed.get(chargeId);
    this.freed.set(chargeId, {
      ...before,
      ...money,
      arrivedMinor: money.arrivedMinor + (before?.arrivedMinor ?? 0n),
      standsLessMinor: money.standsLessMinor + (before?.standsLessMinor ?? 0n),
    });
  }

  /** What was freed and nobody has looked at yet; from here on somebody has. */
  takeFreed(): ReadonlyMap<ChargeId, FreedMoney> {
    const { freed } = this;
    this.freed = new Map();
    return freed;
  }

  noteKept(minor: bigint): void {
    this.kept += minor;
  }

  /** What of freed money was kept for disputes: it came to the balance, and is not there to spend. Minor units. */
  get keptMinor(): bigint {
    return this.kept;
  }

  /** What can be paid now: open, and everything its lines bring can be brought. */
  isPayable(id: InvoiceId): boolean {
    const invoice = this.invoices.get(id);
    return invoice?.state === "open" && this.completionsOf(id) !== null;
  }

  /** Lays money on an open invoice; the invoice that nothing remains on becomes paid and completes at once. */
  apply(id: InvoiceId, money: Money): void {
    const invoice = this.invoices.get(id);
    assert(invoice?.state === "open", "money goes on an open invoice");
    assert(money.amountMinor <= remainingMinor(invoice), "an invoice takes no more than remains");
    invoice.amountPaidMinor += money.amountMinor;
    this.changes.allocations.push({
      id: uuidv7(this.context.clock),
      payment_id: money.paymentId,
      invoice_id: id,
      transfer_id: money.transferId,
      source: money.source,
      amount_minor: money.amountMinor,
      created_at: this.context.now,
    });
    if (remainingMinor(invoice) === 0n) this.finish(invoice);
  }

  /** An invoice of nothing is paid at issue, and completes. `isStored`: its row is written already, as paid. */
  finishFree(id: InvoiceId, isStored = false): void {
    if (isStored) this.stored.add(id);
    const invoice = this.invoices.get(id);
    assert(invoice && remainingMinor(invoice) === 0n, "nothing is due on a free invoice");
    this.finish(invoice);
  }

  /** What `act` records follows by itself from what somebody did, as a renewal from money that came: nobody is named for it. */
  byItself(act: () => void): void {
    const before = this.changes.activities.length;
    act();
    for (const activity of this.changes.activities.slice(before)) {
      activity.actor = "system";
      activity.user_id = null;
    }
  }

  record(activity: {
    subject: Changes["activities"][number]["subject"];
    subjectId: string;
    verb: string;
    detail?: Record<string, string>;
    isVisible?: boolean;
  }): void {
    const { now, clock, actor, userId } = this.context;
    this.changes.activities.push({
      id: uuidv7(clock),
      occurred_at: now,
      actor,
      user_id: userId,
      subject: activity.subject,
      subject_id: activity.subjectId,
      verb: activity.verb,
      detail: activity.detail ?? {},
      is_visible: activity.isVisible ?? true,
    });
  }

  /** Returns the id of the row, which is also that of the mail it becomes. */
  tell(topic: Topic, payload: Record<string, unknown>): string {
    const { now, clock } = this.context;
    const id = uuidv7(clock);
    this.changes.outbox.push({ id, topic, payload, created_at: now });
    return id;
  }

  /** Parks something for staff. */
  askStaff(kind: string, subject: string, subjectId: string, detail: Record<string, string> = {}): void {
    const { now, clock } = this.context;
    this.changes.tasks.push({
      id: uuidv7(clock),
      kind,
      subject,
      subject_id: subjectId,
      detail,
      created_at: now,
    });
  }

  /** Closes what was parked for staff, if it is open. */
  finishTask(kind: string, subjectId: string): void {
    this.changes.tasksDone.push({ kind, subject_id: subjectId, done_at: this.context.now });
  }

  /** What is to be written: the books' rows, and everything else with the invoices and services as they are now. */
  result(): { books: BookChanges[]; changes: Changes } {
    assert(this.freed.size === 0, "what a charge frees was kept for its disputes before it is written");
    const invoiceStates = [...this.invoices.values()].flatMap((invoice) => {
      const before = this.invoicesBefore.get(invoice.id);
      assert(before, "an invoice was read before it is changed");
      if (this.stored.has(invoice.id)) return [];
      if (before.state === invoice.state && before.amountPaidMinor === invoice.amountPaidMinor) return [];
      return [
        {
          id: invoice.id,
          from_state: before.state,
          state: invoice.state,
          amount_paid_minor: invoice.amountPaidMinor,
          amount_credited_minor: invoice.amountCreditedMinor,
          paid_at: invoice.paidAt,
        },
      ];
    });
    const serviceStates = [...this.services.values()].flatMap((service) => {
      const before = this.servicesBefore.get(service.id);
      assert(before, "a service was read before it is changed");
      if (before === service) return [];
      return [
        {
          id: service.id,
          from_state: before.state,
          state: service.state,
          expires_at: service.expiresAt,
          anchor_day: service.anchorDay,
          changed_at: this.context.now,
        },
      ];
    });
    const books = [...this.books.values()]
      .map((book) => book.changes())
      .filter((book) => book.transfers.length > 0);
    return { books, changes: { ...this.changes, invoiceStates, serviceStates } };
  }

  /** Completes invoices one after the other on a copy, to see whether all can be paid in one go. */
  trial(): { complete(id: InvoiceId): boolean } {
    const services = new Map(this.services);
    return {
      complete: (id) => {
        const completions = this.completionsOf(id, services);
        for (const { completion } of completions ?? [])
          services.set(completion.service.id, completion.service);
        return completions !== null;
      },
    };
  }

  private completionsOf(
    id: InvoiceId,
    from: ReadonlyMap<ServiceId, ServiceRecord> = this.services,
  ): { line: LineRecord; completion: Completion }[] | null {
    const services = new Map(from);
    const completions: { line: LineRecord; completion: Completion }[] = [];
    const lines = [...this.linesOf(id)].sort(
      (a, b) => (a.termStartsAt?.getTime() ?? 0) - (b.termStartsAt?.getTime() ?? 0),
    );
    for (const line of lines) {
      const service = services.get(line.serviceId);
      assert(service, "a line's service was read with it");
      const completion = completionOf(line, service, this.context.now, this.context.timeZone);
      if (!completion) return null;
      services.set(service.id, completion.service);
      completions.push({ line, completion });
    }
    return completions;
  }

  private finish(invoice: InvoiceRecord): void {
    const { now, clock } = this.context;
    const completions = this.completionsOf(invoice.id);
    assert(completions, "only a payable invoice is paid");
    invoice.state = "paid";
    invoice.paidAt = now;
    this.invoicesPaid.push(invoice);
    this.record({
      subject: "invoice",
      subjectId: invoice.id,
      verb: "invoice_paid",
    });
    this.tell("invoice.paid", { invoiceId: invoice.id });
    for (const { line, completion } of completions) {
      this.completed.push({ line, completion });
      const wasSuspended = this.services.get(line.serviceId)?.state === "suspended";
      this.services.set(line.serviceId, completion.service);
      this.changes.terms.push({
        id: uuidv7(clock),
        service_id: line.serviceId,
        starts_at: completion.startsAt,
        ends_at: completion.endsAt,
        follows_at: completion.followsAt,
        invoice_line_id: line.id,
        created_at: now,
      });
      if (line.renewalId) {
        this.changes.renewalStates.push({
          id: line.renewalId,
          from_state: line.renewalState ?? "invoiced",
          state: "paid",
        });
      }
      const verb = line.kind === "order" ? "service_activated" : "service_renewed";
      const expiresAt = completion.endsAt.toISOString();
      this.record({
        subject: "service",
        subjectId: line.serviceId,
        verb,
        detail: { invoiceId: invoice.id, expiresAt },
      });
      this.tell(line.kind === "order" ? "service.activated" : "service.renewed", {
        serviceId: line.serviceId,
        expiresAt,
      });
      if (!wasSuspended) continue;
      this.record({ subject: "service", subjectId: line.serviceId, verb: "service_resumed" });
      this.tell("service.resumed", { serviceId: line.serviceId });
    }
  }
}

/** What is still owed on an invoice. Minor units. */
export function remainingMinor(
  invoice: Pick<InvoiceRecord, "totalMinor" | "amountPaidMinor" | "amountCreditedMinor">,
): bigint {
  return invoice.totalMinor - invoice.amountPaidMinor - invoice.amountCreditedMinor;
}
