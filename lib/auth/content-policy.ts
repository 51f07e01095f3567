/** What of a page's answer decides its policy. */
interface PolicyOptions {
  /** Of this answer alone: whatever has it was written by us. */
  readonly nonce: string;
  /** Whether the portal is served by https. */
  readonly isSecure: boolean;
  /** With hot reload, which evaluates code and writes styles. */
  readonly isDevelopment: boolean;
}

/**
 * What a page may load and do: our own scripts, by their nonce and what they load in turn; nothing inline, no plugin,
 * no frame in either direction, and forms that go nowhere but here. OWASP ASVS 5.0, 3.4.3.
 */
export function contentPolicy({ nonce, isSecure, isDevelopment }: PolicyOptions): string {
  const directives = [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${isDevelopment ? " 'unsafe-eval'" : ""}`,
    isDevelopment ? "style-src 'self' 'unsafe-inline'" : `style-src 'self' 'nonce-${nonce}'`,
    // A host's logo may be a data address.
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    ...(isSecure ? ["upgrade-insecure-requests"] : []),
  ];
  return directives.join("; ");
}

/** For a year and everything below this name: a browser that has once been here asks by https alone. ASVS 3.4.1. */
export const strictTransport = "max-age=31536000; includeSubDomains";

/** 128 random bits, as base64. */
export function newNonce(): string {
  return btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(16))));
}
