/** Where people go who were not on their way to anywhere else. */
export const homePath = "/";

const longest = 2000;

// An allowed shape, not a list of what is dangerous: segments of plain characters that do not begin with a dot, so
// that neither "//evil", "/\evil", "/..//evil" nor any of their encodings (there is no % here) can be spelled.
const plainPath = /^\/(?:[A-Za-z0-9_~-][A-Za-z0-9._~-]*(?:\/|$))*$/;
const plainQuery = /^[A-Za-z0-9\-._~!$&'()*+,;=:@/?%[\]]*$/;

// Signing in leads to pages, and not to the pages of signing in.
const elsewhere = /^\/(?:api|sign-in|reset|first-admin|admin\/sign-in|admin\/invite)(?:\/|$)/;

/**
 * The path to go to after signing in, from a text that anyone may have put into a link. What is not certainly a page
 * of this site becomes the home page: other origins, paths that browsers read as another origin, schemes, encodings
 * of these. A fragment is dropped. OWASP ASVS 5.0, 3.7.2.
 */
export function safeCallbackPath(text: unknown): string {
  if (typeof text !== "string" || text.length > longest) return homePath;
  const [location = ""] = text.split("#", 1);
  const queryAt = location.indexOf("?");
  const path = queryAt < 0 ? location : location.slice(0, queryAt);
  const query = queryAt < 0 ? "" : location.slice(queryAt + 1);
  if (!plainPath.test(path) || elsewhere.test(path) || !plainQuery.test(query)) return homePath;
  return query === "" ? path : `${path}?${query}`;
}

/** The same for what may also be a whole URL of this site, as next-auth hands them around. */
export function safeCallbackUrl(text: unknown, origin: string): string {
  const own = typeof text === "string" && text.startsWith(`${origin}/`) ? text.slice(origin.length) : text;
  return origin + safeCallbackPath(own);
}

/** The sign-in page, with the way back: that of staff for their section. */
export function signInPath(callbackPath: unknown, door: "/sign-in" | "/admin/sign-in" = "/sign-in"): string {
  const path = safeCallbackPath(callbackPath);
  return path === homePath ? door : `${door}?${new URLSearchParams({ callbackUrl: path })}`;
}
