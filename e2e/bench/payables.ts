import type { Sql } from "@/db/client";
import { issueRenewals, type Payable } from "./seed";

/**
 * The invoices that the bench may still pay in one database. Each is given out once, and each customer has one at a
 * time: the next is only issued when it was paid, so that two payments under way are never of one customer.
 */
export class Payables {
  private waiting: Payable[] = [];

  constructor(
    private readonly owner: Sql,
    private readonly customers: number,
  ) {}

  /** Once half have paid, issues the next term of all who have. Never while payments are under way. */
  async refill(): Promise<void> {
    if (this.waiting.length > this.customers / 2) return;
    // What still waits is given out first.
    this.waiting = [...(await issueRenewals(this.owner)), ...this.waiting];
  }

  /** False when every customer has paid. */
  async payNext(payOne: (payable: Payable) => Promise<void>): Promise<boolean> {
    const payable = this.waiting.pop();
    if (!payable) return false;
    await payOne(payable);
    return true;
  }
}
