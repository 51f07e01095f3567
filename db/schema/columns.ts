import { bigint, text, timestamp, uuid } from "drizzle-orm/pg-core";

/** Amount in the currency's minor unit. Never a float: bigint in SQL, in TypeScript and on the wire. */
export const minor = (name: string) => bigint(name, { mode: "bigint" });

/** An instant in UTC. The application's clock writes it, in whole milliseconds. */
export const instant = (name: string) => timestamp(name, { withTimezone: true, mode: "date" });

/** ISO 4217 code; the list of supported currencies is lib/kernel/money. */
export const currency = () => text("currency").notNull();

/** UUID v7 made by the application; with `customer_id` before it the key of a customer's table. */
export const id = () => uuid("id").notNull();

export const customerId = () => uuid("customer_id").notNull();
