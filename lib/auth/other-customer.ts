import { getTranslations } from "next-intl/server";
import { transact } from "@/db/transaction";
import type { CustomerId } from "@/lib/kernel/id";
import type { SignedIn } from "./actor";
import { context } from "./context";

/** The page shows another customer than the one that its person looks at now, in whatever tab. */
export interface OtherCustomer {
  code: "other_customer";
  /** In the reader's language: no form needs words of its own for it. */
  sentence: string;
}

/** The refusal, with both names. One that the person does not belong to is not named, whether it exists or not. */
export async function otherCustomer(
  { userId, memberships }: Pick<SignedIn, "userId" | "memberships">,
  shown: unknown,
  now: CustomerId,
): Promise<OtherCustomer> {
  const membership = memberships.find(({ customerId }) => customerId === shown);
  const t = await getTranslations("otherCustomer");
  const names = { now: await nameOf(userId, now) };
  const sentence = membership
    ? t("switched", { ...names, shown: await nameOf(userId, membership.customerId) })
    : t("left", names);
  return { code: "other_customer", sentence };
}

/** Each is read in its own scope: no transaction sees the rows of two customers. */
async function nameOf(userId: SignedIn["userId"], customerId: CustomerId): Promise<string> {
  const [row] = await transact(
    context().app,
    { customerId, userId },
    ({ sql }) => sql<{ name: string }[]>`select name from customers where id = ${customerId}`,
  );
  return row?.name ?? "";
}
