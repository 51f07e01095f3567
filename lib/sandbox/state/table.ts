interface Row<T> {
  readonly seq: number;
  readonly id: string;
  value: T | null;
}

/** Rows in the order of their making, found by id and by the indexed fields. */
export class Table<T extends { id: string }> {
  readonly #byId = new Map<string, Row<T>>();
  readonly #indexes = new Map<string, Map<unknown, Row<T>[]>>();
  #order: Row<T>[] = [];
  #gone = 0;
  /** Nothing but deleted rows stands before this place. */
  #first = 0;

  constructor(fields: readonly string[]) {
    for (const field of fields) this.#indexes.set(field, new Map());
  }

  get size(): number {
    return this.#byId.size;
  }

  get(id: string): T | undefined {
    return this.#byId.get(id)?.value ?? undefined;
  }

  seqOf(id: string): number | undefined {
    return this.#byId.get(id)?.seq;
  }

  /** Puts a version; a new id gets the sequence number given. Returns the version before it. */
  put(value: T, seq: number): T | undefined {
    const row = this.#byId.get(value.id);
    if (row) {
      const before = row.value ?? undefined;
      row.value = value;
      this.#reindex(row, before, value);
      return before;
    }
    const added: Row<T> = { seq, id: value.id, value };
    this.#byId.set(value.id, added);
    const place = position(this.#order, seq);
    this.#order.splice(place, 0, added);
    this.#first = Math.min(this.#first, place);
    this.#reindex(added, undefined, value);
    return undefined;
  }

  delete(id: string): T | undefined {
    const row = this.#byId.get(id);
    if (!row) return undefined;
    const before = row.value ?? undefined;
    this.#byId.delete(id);
    this.#reindex(row, before, undefined);
    row.value = null;
    this.#gone += 1;
    if (this.#gone > 64 && this.#gone > this.#order.length / 2) {
      this.#order = this.#order.filter((kept) => kept.value !== null);
      this.#gone = 0;
      this.#first = 0;
    }
    return before;
  }

  /** All rows, oldest first. */
  *oldestFirst(): Generator<T> {
    while (this.#first < this.#order.length && this.#order[this.#first]?.value === null) this.#first += 1;
    for (let at = this.#first; at < this.#order.length; at += 1) {
      const value = this.#order[at]?.value;
      if (value) yield value;
    }
  }

  /** Rows, newest first: all, or those whose indexed field has this value; only below (older than) `belowSeq`. */
  *newestFirst(by?: { field: string; value: unknown }, belowSeq = Number.POSITIVE_INFINITY): Generator<T> {
    const rows = by ? (this.#indexOf(by.field).get(by.value) ?? []) : this.#order;
    for (let at = position(rows, belowSeq) - 1; at >= 0; at -= 1) {
      const value = rows[at]?.value;
      if (value) yield value;
    }
  }

  /** The same upwards: rows newer than `aboveSeq`, the oldest of them first. */
  *newerThan(aboveSeq: number, by?: { field: string; value: unknown }): Generator<T> {
    const rows = by ? (this.#indexOf(by.field).get(by.value) ?? []) : this.#order;
    for (let at = position(rows, aboveSeq + 1); at < rows.length; at += 1) {
      const value = rows[at]?.value;
      if (value) yield value;
    }
  }

  isIndexed(field: string): boolean {
    return this.#indexes.has(field);
  }

  #indexOf(field: string): Map<unknown, Row<T>[]> {
    const index = this.#indexes.get(field);
    if (!index) throw new Error(`No index on ${field}`);
    return index;
  }

  #reindex(row: Row<T>, before: T | undefined, after: T | undefined): void {
    for (const [field, index] of this.#indexes) {
      const was = before?.[field as keyof T];
      const is = after?.[field as keyof T];
      if (was === is) continue;
      if (was !== undefined && was !== null) {
        const left = (index.get(was) ?? []).filter((other) => other !== row);
        if (left.length === 0) index.delete(was);
        else index.set(was, left);
      }
      if (is !== undefined && is !== null) {
        const rows = index.get(is);
        if (rows) rows.splice(position(rows, row.seq), 0, row);
        else index.set(is, [row]);
      }
    }
  }
}

/** Where the first row with at least this sequence number stands. */
function position(rows: readonly { seq: number }[], seq: number): number {
  const last = rows.at(-1);
  if (!last || last.seq < seq) return rows.length;
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((rows[middle]?.seq ?? 0) < seq) low = middle + 1;
    else high = middle;
  }
  return low;
}
