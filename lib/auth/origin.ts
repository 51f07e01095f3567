import type { Settings } from "@/lib/kernel/settings";

/** A request that changes something and does not come from one of our own pages. */
export class ForeignOrigin extends Error {
  override readonly name = "ForeignOrigin";
  constructor() {
    super("the request does not come from a page of this portal");
  }
}

type HeaderReader = Pick<Headers, "get">;

/**
 * Whether a request comes from a page of the portal, by its Origin alone, compared with MALLARD_URL. A missing Origin
 * is refused: every browser sends one with a POST. Host and X-Forwarded-Host are not asked: whoever sends the request
 * writes them, and Next executes an action with a foreign Origin whose X-Forwarded-Host agrees.
 */
export function isSameOrigin(headers: HeaderReader, settings: Pick<Settings, "mallardUrl">): boolean {
  return headers.get("origin") === settings.mallardUrl;
}

/** Throws ForeignOrigin unless isSameOrigin. */
export function assertSameOrigin(headers: HeaderReader, settings: Pick<Settings, "mallardUrl">): void {
  if (!isSameOrigin(headers, settings)) throw new ForeignOrigin();
}
