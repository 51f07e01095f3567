import { notFound } from "next/navigation";
import { showTemplate } from "@/lib/admin/mail-templates";
import { requireStaff } from "@/lib/auth/current";
import { currentHost } from "@/lib/auth/host";

interface Route {
  params: Promise<{ kind: string }>;
}

/** A mail styles its own elements, as mail programs need it, and may do nothing else. */
const policy =
  "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

export async function GET(request: Request, { params }: Route) {
  const { kind } = await params;
  const actor = await requireStaff(`/admin/mail/templates/${encodeURIComponent(kind)}`);
  const locale = new URL(request.url).searchParams.get("language") === "zh" ? "zh" : "en";
  const { name: hostName } = await currentHost();
  const template = (await showTemplate(actor, { name: kind }, { hostName, locale })) ?? notFound();
  return new Response(template.html, {
    headers: { "content-type": "text/html; charset=utf-8", "content-security-policy": policy },
  });
}
