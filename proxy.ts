import { type NextRequest, NextResponse } from "next/server";
import { contentPolicy, newNonce, strictTransport } from "@/lib/auth/content-policy";
import { isFile } from "@/lib/auth/file-routes";

/**
 * Runs before each page: gives its answer a nonce of its own, which Next puts on the scripts that it writes. It lets
 * nobody in and keeps nobody out; that is done where things are read.
 */
export function proxy(request: NextRequest): NextResponse {
  // Files are no documents: they are typed, not sniffed, and a viewer of PDF may be a plugin to the browser.
  // A mail as HTML brings a stricter policy of its own.
  if (isFile(request.nextUrl.pathname)) return NextResponse.next();
  const isSecure = process.env.MALLARD_URL?.startsWith("https:") ?? false;
  const isDevelopment = process.env.NODE_ENV === "development";
  const policy = contentPolicy({ nonce: newNonce(), isSecure, isDevelopment });
  const headers = new Headers(request.headers);
  // Next reads the nonce from here; a browser's own header of that name is overwritten.
  headers.set("content-security-policy", policy);
  const response = NextResponse.next({ request: { headers } });
  response.headers.set("content-security-policy", policy);
  if (isSecure) response.headers.set("strict-transport-security", strictTransport);
  return response;
}

// All but what never answers with a page: exactly these handlers, so that what lies beside or below them is a page.
export const config = {
  matcher: "/((?!_next/static/|api/auth/.+|api/(?:health|mail/bounces|stripe/webhook)$).*)",
};
