import { hostLogo } from "@/lib/auth/host";

/** The host's logo, for whoever sees the portal. Its address changes with it, so that browsers may keep it. */
export async function GET() {
  const logo = await hostLogo();
  if (!logo) return new Response(null, { status: 404 });
  return new Response(logo.bytes, {
    headers: { "content-type": logo.type, "cache-control": "public, max-age=31536000, immutable" },
  });
}
