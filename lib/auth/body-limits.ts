/** Stripe's events and mail servers' reports are a few kB. */
export const reportMostBytes = 1_000_000;

/** What a page's forms and actions may send; Next itself refuses an action above it. */
const pageMostBytes = 1_048_576;
/** A sign-in, and whatever else a route handler may be sent. */
const handlerMostBytes = 16_000;

/** The route handlers that take more. Each is found in the build by a test. */
export const largerHandlers: Readonly<Record<string, number>> = {
  "/api/stripe/webhook": reportMostBytes,
  "/api/mail/bounces": reportMostBytes,
};

/** How much body a request may bring, by where it goes. */
export function bodyMostBytes(method = "GET", address = "/"): number {
  const path = decodedPath(address);
  const isRead = method === "GET" || method === "HEAD";
  if (isRead || /^\/+api(\/|$)/.test(path)) return largerHandlers[path] ?? handlerMostBytes;
  return pageMostBytes;
}

function decodedPath(address: string): string {
  const path = address.split("?", 1)[0] ?? "";
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
