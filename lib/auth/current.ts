import { cookies } from "next/headers";
import { notFound, redirect } from "next/navigation";
import { getToken } from "next-auth/jwt";
import { cache } from "react";
import type { CustomerId } from "@/lib/kernel/id";
import type { CustomerActor, SignedIn, StaffActor } from "./actor";
import { signInPath } from "./callback-path";
import { type Context, context } from "./context";
import { idsOfToken, isSecure, sessionCookieName, tokenDecoder } from "./next-auth-options";
import { readSession } from "./session";

/**
 * Who is signed in, or null. The token says which session, the session's row whether it is good now; read once for
 * each request.
 */
export const currentUser = cache(async (): Promise<SignedIn | null> => {
  const here = context();
  const { settings } = here;
  const jar = Object.fromEntries((await cookies()).getAll().map(({ name, value }) => [name, value]));
  const token = await getToken({
    // Only the cookie counts; without headers there is no bearer token to be taken for one.
    req: { cookies: jar, headers: {} } as Parameters<typeof getToken>[0]["req"],
    secret: settings.nextauthSecret,
    decode: tokenDecoder(settings),
    secureCookie: isSecure(settings),
    cookieName: sessionCookieName(settings),
  });
  const ids = idsOfToken(token);
  return ids && (await readSession(here, ids.sessionId, ids.userId));
});

/**
 * The customer's actor for a page. Signed out: goes to the sign-in page, and from there back to `callbackPath`, if
 * that is a path of this site. Signed in without a customer: staff go to their section, others find nothing.
 */
export async function requireCustomer(callbackPath?: string): Promise<CustomerActor> {
  const user = await requireUser(callbackPath);
  const actor = await customerOf(user);
  if (actor) return actor;
  return user.staffRole === null ? notFound() : redirect("/admin");
}

/**
 * The customer's actor for a file to download. A page's links name the customer that it shows, and the file is that
 * customer's, whichever one the person looks at in another tab now. Without a name it is the one looked at.
 */
export async function requireCustomerOfFile(request: Request): Promise<CustomerActor> {
  const { pathname, search, searchParams } = new URL(request.url);
  const actor = await requireCustomer(`${pathname}${search}`);
  const shown = searchParams.get(shownCustomer);
  if (shown === null || shown === actor.customerId) return actor;
  const user = await requireUser();
  const membership = user.memberships.find(({ customerId }) => customerId === shown) ?? notFound();
  return { ...actor, customerId: membership.customerId };
}

/** Where a file's address names its customer. */
const shownCustomer = "customer";

/** The staff actor for a page, of whatever role: all of them read everything. People who are not staff find nothing. */
export async function requireStaff(callbackPath?: string): Promise<StaffActor> {
  const user = (await currentUser()) ?? redirect(signInPath(callbackPath, "/admin/sign-in"));
  return staffOf(user) ?? notFound();
}

async function requireUser(callbackPath?: string): Promise<SignedIn> {
  return (await currentUser()) ?? redirect(signInPath(callbackPath));
}

/** The customer that a person acts for: of several the chosen one, else the first. Null if they have none. */
export async function customerOf(user: SignedIn): Promise<CustomerActor | null> {
  const { userId, sessionId, memberships } = user;
  const chosen = memberships.length > 1 ? (await cookies()).get(customerCookie)?.value : undefined;
  const membership = memberships.find(({ customerId }) => customerId === chosen) ?? memberships[0];
  return membership ? { userId, sessionId, customerId: membership.customerId } : null;
}

/** Null for people who are not staff. */
export function staffOf({ userId, sessionId, staffRole }: SignedIn): StaffActor | null {
  return staffRole === null ? null : { userId, sessionId, role: staffRole };
}

/** Which of several customers this browser looks at. It grants nothing: only memberships do. */
const customerCookie = "mallard_customer";

/** Keeps the choice, in an action; false if the person does not belong to that customer. */
export async function chooseCustomer(
  user: SignedIn,
  customerId: CustomerId,
  { settings }: Pick<Context, "settings"> = context(),
): Promise<boolean> {
  if (!user.memberships.some((membership) => membership.customerId === customerId)) return false;
  (await cookies()).set(customerCookie, customerId, {
    httpOnly: true,
    sameSite: "lax",
    secure: isSecure(settings),
    path: "/",
    maxAge: 365 * 24 * 3600,
  });
  return true;
}
