import type { IncomingHttpHeaders } from "node:http";

/**
 * Whether a request names one of the names of a server on this machine. A page elsewhere, whose name only resolves to
 * this machine, names its own.
 */
export function isOwnHost(host: string | undefined, port: number | undefined): boolean {
  return host === `127.0.0.1:${port}` || host === `localhost:${port}`;
}

/** Whether a button was pressed on that server's own page: a browser names a page's origin with each POST. */
export function isOwnPage(
  { host, origin }: Pick<IncomingHttpHeaders, "host" | "origin">,
  port: number | undefined,
): boolean {
  return isOwnHost(host, port) && origin === `http://${host}`;
}
