import type { Sql } from "@/db/client";
import { issueRenewals, type Payable } from "./seed";

/**
 * The invoices that the bench may still pay in one database. Each is given out once; a customer's next one is only
 * issued when all have been given out and paid, so that two payments under way are never of one customer.
 */
export class Payables {
  private waiting: Payable[] = [];

  constructor(private readonly owner: Sql) {}

  /** Issues more, unless so many wait already. Never while payments are under way. */
  async refill(least: number): Promise<void> {
    if (this.waiting.length >= least) return;
    // What still waits is older than what is issued now: it is given out first.
    this.waiting = [...(await issueRenewals(this.owner)), ...this.waiting];
    if (this.waiting.length < least) throw new Error(`a window needs ${least} customers: seed more`);
  }

  take(): Payable {
    const payable = this.waiting.pop();
    if (!payable) throw new Error("the window paid more invoices than were issued for it");
    return payable;
  }

  get count(): number {
    return this.waiting.length;
  }
}
