import postgres from "postgres";
import type { MembershipRole, StaffRole } from "@/lib/auth/actor";
import { type Context, openContext } from "@/lib/auth/context";
import { hashPassword } from "@/lib/auth/password";
import type { Clock } from "@/lib/kernel/clock";
import { type CustomerId, newId, type UserId } from "@/lib/kernel/id";
import { parseSettings } from "@/lib/kernel/settings";
import { createTestDatabase } from "./database";

export const knownPassword = "correct horse battery";

let knownHash: Promise<string> | undefined;

/** People of a database of one's own, and the context in which they act. */
export interface People {
  readonly context: Context;
  /** As the owner, to arrange what the application's roles may not. */
  readonly owner: postgres.Sql;
  /** A user with the known password, or without any. */
  user(given?: {
    email?: string;
    name?: string;
    locale?: string;
    password?: false;
  }): Promise<{ id: UserId; email: string }>;
  customer(): Promise<CustomerId>;
  member(userId: UserId, customerId: CustomerId, role?: MembershipRole): Promise<void>;
  staff(userId: UserId, role: StaffRole): Promise<void>;
  close(): Promise<void>;
}

/** Call it once for each test file, and `close` at its end. */
export async function createPeople(clock: Clock, environment: Record<string, string> = {}): Promise<People> {
  const database = await createTestDatabase();
  const settings = parseSettings({
    DATABASE_URL: database.url,
    STRIPE_SECRET_KEY: "sk_test_people",
    STRIPE_WEBHOOK_SECRET: "whsec_people",
    SMTP_URL: "smtp://127.0.0.1:1",
    MAIL_FROM: "Ducky Cloud <billing@ducky.example>",
    NEXTAUTH_SECRET: "only for tests, only for tests, only for tests",
    MALLARD_URL: "https://billing.ducky.example",
    ...environment,
  });
  const context = openContext(settings, clock);
  const owner = postgres(database.url, { max: 2, onnotice: () => {} });
  return {
    context,
    owner,
    user: async ({ email, name = "Ann", locale = "en", password } = {}) => {
      const id = newId<UserId>();
      const address = email ?? `user-${id}@example.com`;
      knownHash ??= hashPassword(knownPassword);
      const hash = password === false ? null : await knownHash;
      await owner`
        insert into users (id, email, name, password_hash, locale, created_at)
        values (${id}, ${address}, ${name}, ${hash}, ${locale}, ${clock.now()})`;
      return { id, email: address };
    },
    customer: async () => {
      const id = newId<CustomerId>();
      await owner`
        insert into customers (id, reference, name, email, country, currency, created_at)
        values (${id}, ${id.slice(-12)}, 'A company', 'company@example.com', 'DE', 'EUR', ${clock.now()})`;
      return id;
    },
    member: async (userId, customerId, role = "owner") => {
      await owner`
        insert into memberships (customer_id, user_id, role, created_at)
        values (${customerId}, ${userId}, ${role}, ${clock.now()})`;
    },
    staff: async (userId, role) => {
      await owner`insert into staff (user_id, role, created_at) values (${userId}, ${role}, ${clock.now()})`;
    },
    close: async () => {
      await Promise.all([context.app.close(), context.staff.close(), owner.end()]);
      await database.drop();
    },
  };
}
