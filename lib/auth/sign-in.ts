import type { SessionId, UserId } from "@/lib/kernel/id";
import { purposeKeys } from "@/lib/kernel/purpose-key";
import { ok, type Result, refuse } from "@/lib/kernel/result";
import { attemptLimits, signInPair, type TooManyAttempts } from "./attempt-limits";
import type { Context } from "./context";
import { normalEmail } from "./email-address";
import { type DeviceCookie, knownDevice, newDeviceCookie } from "./known-device";
import { askForMailNow } from "./login-mail";
import { hashPassword, matchPassword } from "./password";
import { beginSession, type Section, type SessionOrigin } from "./session";

export interface Credentials {
  readonly email: string;
  readonly password: string;
}

export type SignInRefusal =
  /** The address is unknown, the password wrong, or the user disabled: which of them is not said. */
  { code: "wrong_credentials" } | TooManyAttempts;

/** Where an attempt comes from, with what the browser keeps. */
export interface SignInOrigin extends SessionOrigin {
  /** The Cookie header, for the device that it may name. */
  readonly cookies?: string | null;
}

export interface SignInAnswer {
  readonly userId: UserId;
  readonly sessionId: SessionId;
  /** For the browser to keep; null where it has one of this account. */
  readonly device: DeviceCookie | null;
}

/**
 * Checks credentials and begins a session. Each attempt is counted before its password is looked at; an unknown address
 * gets the same answer in the same time as a wrong password, and so does a login that is not one of staff at the door
 * of the staff section. A device that nobody has signed in from since the password was chosen is told to the account's
 * owner by mail.
 */
export async function signIn(
  context: Pick<Context, "app" | "clock" | "settings">,
  credentials: Credentials,
  origin: SignInOrigin,
  section: Section = "portal",
): Promise<Result<SignInAnswer, SignInRefusal>> {
  const email = normalEmail(credentials.email);
  const user = await findUser(context, email);
  const owner = { email, passwordHash: user?.passwordHash ?? null };
  const { deviceKey } = purposeKeys(context.settings);
  const device = knownDevice(deviceKey, owner, origin.cookies ?? null);
  const counted = await countAttempt(context, email, origin.address, device);
  if (!counted.ok) return counted;

  const match = await matchPassword(user?.passwordHash ?? null, credentials.password);
  if (!user || match === "none" || user.disabled || (section === "admin" && !user.isStaff))
    return refuse({ code: "wrong_credentials" });

  await counted.value.forgive();
  const passwordHash =
    match === "raw" ? await rehash(context, user, credentials.password) : user.passwordHash;
  const sessionId = await beginSession(context, user.id, origin, section);
  if (device === null && user.hasSignedIn) {
    await askForMailNow(context, email, { kind: "new_device", detail: { address: origin.address } });
  }
  const isKnown = device !== null && passwordHash === user.passwordHash;
  const kept = isKnown ? null : newDeviceCookie(deviceKey, { email, passwordHash });
  return ok({ userId: user.id, sessionId, device: kept });
}

/** Counts an attempt by all that it counts for; `forgive` for one that was right. */
async function countAttempt(
  { app }: Pick<Context, "app">,
  email: string,
  address: string,
  device: string | null,
): Promise<Result<{ forgive: () => Promise<unknown> }, TooManyAttempts>> {
  const limits = attemptLimits(app);
  const byAddress = await limits.take("signInAddress", address);
  if (!byAddress.ok) return byAddress;
  if (device !== null) {
    const subject = `${email} ${device}`;
    const byDevice = await limits.take("signInDevice", subject);
    if (!byDevice.ok) return byDevice;
    const forgive = () =>
      Promise.all([limits.giveBack("signInAddress", address), limits.clear("signInDevice", subject)]);
    return ok({ forgive });
  }
  const pair = signInPair(email, address);
  const byPair = await limits.take("signInPair", pair);
  if (!byPair.ok) return byPair;
  const byAccount = await limits.take("signInAccount", email);
  if (!byAccount.ok) return byAccount;
  const forgive = () =>
    Promise.all([
      limits.giveBack("signInAddress", address),
      limits.clear("signInPair", pair),
      limits.giveBack("signInAccount", email),
    ]);
  return ok({ forgive });
}

/** A hash of before passwords had one spelling becomes one of the spelling that they have now. */
async function rehash(
  { app }: Pick<Context, "app">,
  { id, passwordHash }: UserRow,
  password: string,
): Promise<string> {
  const anew = await hashPassword(password);
  await app.sql`select rehash_password(${id}, ${passwordHash}, ${anew})`;
  return anew;
}

interface UserRow {
  id: UserId;
  passwordHash: string | null;
  disabled: boolean;
  isStaff: boolean;
  /** Ever: who signs in for the first time is told nothing of it. */
  hasSignedIn: boolean;
}

async function findUser({ app }: Pick<Context, "app">, email: string): Promise<UserRow | undefined> {
  // PostgreSQL cannot even be asked for a text with a zero in it.
  if (email.length > 254 || email.includes("\0")) return undefined;
  const [user] = await app.sql<UserRow[]>`
    select id, password_hash as "passwordHash", disabled_at is not null as disabled,
      exists (select from staff s where s.user_id = users.id and s.disabled_at is null) as "isStaff",
      exists (select from sessions s where s.user_id = users.id) as "hasSignedIn"
    from users where email = ${email}`;
  return user;
}
