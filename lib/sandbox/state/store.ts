import type { Journal, JournalEntry } from "@/lib/sandbox/state/journal";
import { Table } from "@/lib/sandbox/state/table";
import { indexedFields, type TableName, type Tables } from "@/lib/sandbox/state/tables";

const tableNames: readonly TableName[] = [
  "customer",
  "checkout.session",
  "payment_intent",
  "setup_intent",
  "payment_method",
  "mandate",
  "charge",
  "refund",
  "dispute",
  "radar.early_fraud_warning",
  "balance_transaction",
  "payout",
  "event",
  "webhook_endpoint",
  "$checkout",
  "$attempt",
  "$instrument",
  "$endpoint_secret",
  "$disputed",
  "$payout_of",
  "$task",
  "$key",
  "$meta",
];

interface Change {
  table: TableName;
  id: string;
  before: { id: string } | undefined;
  /** A row that came back from a rollback keeps its place in the order. */
  seq: number;
}

/**
 * All state, in memory; what one request or one task changes is one entry of the journal, whole or absent.
 * Everything is synchronous: between `begin` and `commit` nothing else runs.
 */
export class Store {
  readonly #tables = new Map<TableName, Table<{ id: string }>>();
  readonly #journal: Journal | null;
  #changes: Change[] = [];
  #open = false;
  #lastSeq = 0;

  constructor(journal: Journal | null) {
    this.#journal = journal;
    this.#clear();
    if (!journal) return;
    for (const entry of journal.entries()) this.#apply(entry);
    journal.rewrite(this.#everything());
  }

  get<N extends TableName>(table: N, id: string): Tables[N] | undefined {
    return this.table(table).get(id);
  }

  table<N extends TableName>(name: N): Table<Tables[N]> {
    return this.#tables.get(name) as unknown as Table<Tables[N]>;
  }

  /** Puts a version of a row and returns it. */
  put<N extends TableName>(name: N, value: Tables[N]): Tables[N] {
    if (!this.#open) throw new Error(`A change of ${name} outside of a transaction`);
    const table = this.table(name);
    const known = table.seqOf(value.id);
    if (known === undefined) this.#lastSeq += 1;
    const seq = known ?? this.#lastSeq;
    this.#changes.push({ table: name, id: value.id, before: table.put(value, seq), seq });
    return value;
  }

  delete(name: TableName, id: string): void {
    if (!this.#open) throw new Error(`A change of ${name} outside of a transaction`);
    const seq = this.table(name).seqOf(id);
    if (seq === undefined) return;
    this.#changes.push({ table: name, id, before: this.table(name).delete(id), seq });
  }

  /** Runs `work` as one transaction: a throw undoes what it changed. */
  transact<R>(work: () => R): R {
    if (this.#open) throw new Error("A transaction within a transaction");
    this.#open = true;
    try {
      const result = work();
      this.#write();
      return result;
    } catch (error) {
      this.#undo();
      throw error;
    } finally {
      this.#open = false;
      this.#changes = [];
    }
  }

  /** Forgets everything. */
  reset(): void {
    this.#clear();
    this.#journal?.rewrite(this.#everything());
  }

  close(): void {
    this.#journal?.close();
  }

  #clear(): void {
    for (const name of tableNames) this.#tables.set(name, new Table(indexedFields[name] ?? []));
  }

  #write(): void {
    if (!this.#journal || this.#changes.length === 0) return;
    const latest = new Map<string, JournalEntry[number]>();
    for (const change of this.#changes) {
      const value = this.table(change.table).get(change.id) ?? null;
      const key = `${change.table}/${change.id}`;
      latest.set(key, [change.table, this.table(change.table).seqOf(change.id) ?? 0, change.id, value]);
    }
    this.#journal.append([...latest.values()]);
    if (this.#journal.isOvergrown()) this.#journal.rewrite(this.#everything());
  }

  #undo(): void {
    for (const change of this.#changes.toReversed()) {
      const table = this.#tables.get(change.table);
      if (change.before === undefined) table?.delete(change.id);
      else table?.put(change.before, change.seq);
    }
  }

  #apply(entry: JournalEntry): void {
    for (const [name, seq, id, value] of entry) {
      const table = this.#tables.get(name);
      if (value === null) table?.delete(id);
      else table?.put(value, seq);
      this.#lastSeq = Math.max(this.#lastSeq, seq);
    }
  }

  *#everything(): Generator<JournalEntry> {
    for (const name of tableNames) {
      const table = this.table(name);
      for (const value of table.oldestFirst()) {
        yield [[name, table.seqOf(value.id) ?? 0, value.id, value]];
      }
    }
  }
}
