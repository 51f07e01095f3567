import { hkdfSync } from "node:crypto";
import postgres from "postgres";
import { type Role, roles } from "./client";

/** The address of the database for each role, with a login of its own. */
export type LoginUrls = Readonly<Record<Role, string>>;

/** What a server answers that lets nobody make these logins, or lets them not in. */
const notAllowed = new Set(["42501", "0A000", "28000", "28P01"]);

/**
 * Gives each role a login, as the owner, after the migrations. A login inherits nothing and takes its one role when it
 * connects, so `set role none` leaves it with no right at all. Its password is drawn from the owner's: one address
 * configures everything, on every machine alike, and whoever learns one password learns no other. Null where the server does not
 * allow it: then processes log in as the owner and take their role (db/README.md says what that does not stop).
 */
export async function ensureLogins(ownerUrl: string): Promise<LoginUrls | null> {
  const secret = decodeURIComponent(new URL(ownerUrl).password);
  if (secret === "") return null;
  const urls = Object.fromEntries(roles.map((role) => [role, loginUrl(ownerUrl, secret, role)])) as LoginUrls;
  try {
    if (await work(urls)) return urls;
    await makeLogins(ownerUrl, urls);
    return (await work(urls)) ? urls : null;
  } catch (error) {
    if (notAllowed.has((error as { code?: string }).code ?? "")) return null;
    throw error;
  }
}

/** Roles belong to the cluster: databases of one owner share their logins, those of two owners do not. */
function loginUrl(ownerUrl: string, secret: string, role: Role): string {
  const url = new URL(ownerUrl);
  const login = `${role}_of_${decodeURIComponent(url.username)}`.slice(0, 63);
  const password = hkdfSync("sha256", secret, "", `mallard login 1 ${login}`, 24);
  url.username = encodeURIComponent(login);
  url.password = Buffer.from(password).toString("base64url");
  return url.href;
}

/** Whether each of them is let in, and is then what it should be. */
async function work(urls: LoginUrls): Promise<boolean> {
  const found = await Promise.all(roles.map((role) => isRole(urls[role], role)));
  return found.every(Boolean);
}

async function isRole(url: string, role: Role): Promise<boolean> {
  const sql = postgres(url, { max: 1, connect_timeout: 10, onnotice: () => {}, connection: { role } });
  try {
    const [row] =
      await sql`select current_user = ${role} as is_role, session_user = ${loginOf(url)} as is_login`;
    return row?.is_role === true && row.is_login === true;
  } catch (error) {
    // No such login yet, another password, or a role that it may not take.
    const { code = "" } = error as { code?: string };
    if (notAllowed.has(code) || code === "22023") return false;
    throw error;
  } finally {
    await sql.end({ timeout: 1 });
  }
}

async function makeLogins(ownerUrl: string, urls: LoginUrls): Promise<void> {
  const client = postgres(ownerUrl, { max: 1, onnotice: () => {} });
  try {
    await client.begin(async (sql) => {
      await sql`select pg_advisory_xact_lock(hashtext('mallard logins'))`;
      const [{ database } = { database: "" }] = await sql`select current_database() as database`;
      for (const role of roles) {
        const login = loginOf(urls[role]);
        const { password } = new URL(urls[role]);
        const known = await sql`select from pg_roles where rolname = ${login}`;
        const [row] = await sql`
          select format('%s role %I login noinherit password %L', ${known.count > 0 ? "alter" : "create"}::text,
            ${login}::text, ${password}::text) as made,
            format('grant %I to %I', ${role}::text, ${login}::text) as given,
            format('alter role %I set role = %L', ${login}::text, ${role}::text) as taken,
            format('grant connect on database %I to %I', ${database}::text, ${login}::text) as let_in`;
        for (const statement of [row?.made, row?.given, row?.taken, row?.let_in]) await sql.unsafe(statement);
      }
    });
  } finally {
    await client.end();
  }
}

function loginOf(url: string): string {
  return decodeURIComponent(new URL(url).username);
}
