import { constraintName } from "@/db/transaction";

/** Why staff are asked: what would pay this payment is booked for another. */
export const objectTaken = "object_taken";

/**
 * Does `apply`; where an object of Stripe's turns out to belong to another row, which the registry of all customers alone
 * knows, nothing is written, and `ask` puts it before staff. Thrown again it would only be thrown at every look.
 */
export async function orAsk<T>(apply: () => Promise<T>, ask: () => Promise<T>): Promise<T> {
  try {
    return await apply();
  } catch (error) {
    if (constraintName(error) !== "stripe_objects_pk") throw error;
    return ask();
  }
}
