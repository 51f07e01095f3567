/** How often what happened, by kind. */
export class Tally {
  readonly #counts = new Map<string, number>();

  add(kind: string, times = 1): void {
    if (times > 0) this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + times);
  }

  addAll(other: Tally | Record<string, number>): void {
    const counts = other instanceof Tally ? other.counts() : other;
    for (const [kind, times] of Object.entries(counts)) this.add(kind, times);
  }

  counts(): Record<string, number> {
    return Object.fromEntries([...this.#counts].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  total(): number {
    return [...this.#counts.values()].reduce((sum, count) => sum + count, 0);
  }
}
