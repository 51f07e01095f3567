import { context } from "@/lib/auth/context";
import { portalWorld } from "@/lib/portal/world";
import { receiveBounce } from "@/lib/webhook/receive-bounce";

export const dynamic = "force-dynamic";

/** Reports of mails that did not arrive, as the host's mail server hands them in. A fault answers 500. */
export async function POST(request: Request): Promise<Response> {
  const { status } = await receiveBounce(portalWorld(), context().settings.mailBounceSecret, {
    body: request.body,
    authorization: request.headers.get("authorization"),
  });
  return new Response(null, { status });
}
