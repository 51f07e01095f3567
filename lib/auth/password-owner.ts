import { transact } from "@/db/transaction";
import type { UserId } from "@/lib/kernel/id";
import type { Context } from "./context";
import { hostNameOf } from "./host";
import type { PasswordOwner } from "./password";

/** Enough for people, and a bound for what is asked. */
const customersMost = 20;

/** What others know of somebody who has a login: their name and address, and who they belong to. */
export async function passwordOwner(
  { app, settings }: Pick<Context, "app" | "settings">,
  { userId, email }: { userId: UserId; email: string },
): Promise<PasswordOwner> {
  const [user] = await app.sql<{ name: string }[]>`select name from users where id = ${userId}`;
  const customers = await transact(
    app,
    { userId },
    ({ sql }) => sql<{ id: string }[]>`
      select customer_id as id from memberships where user_id = ${userId} limit ${customersMost}`,
  );
  // Each is read in its own scope: no transaction sees the rows of two customers.
  const names = await Promise.all(
    customers.map(async ({ id }) => {
      const [customer] = await transact(
        app,
        { userId, customerId: id },
        ({ sql }) => sql<{ name: string }[]>`select name from customers where id = ${id}`,
      );
      return customer?.name ?? "";
    }),
  );
  return { email, names: [user?.name ?? "", await hostNameOf(app.sql, settings.hostName), ...names] };
}
