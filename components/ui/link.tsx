import NextLink from "next/link";
import type { ComponentProps } from "react";

/**
 * A link to another page of the portal. Next would ask for each page that a visible link leads to, twice: the list of
 * invoices sent 34 requests after its own, for pages that are made anew when they are opened (decision 0019).
 */
export function Link(props: Omit<ComponentProps<typeof NextLink>, "prefetch">) {
  return <NextLink {...props} prefetch={false} />;
}
