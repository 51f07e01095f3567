import { invalidRequest } from "@/lib/sandbox/http/api-error";

/** What stands on a card's statement is the account's; only the end of it may be said for one charge. */
export function refuseCardDescriptor(
  types: readonly string[],
  descriptor: string | undefined,
  within?: string,
): void {
  if (descriptor === undefined || !types.includes("card")) return;
  const name = "statement_descriptor";
  throw invalidRequest(
    "`statement_descriptor` is not supported for card charges. Set `statement_descriptor_suffix` instead, which is " +
      "appended to the account's own.",
    { param: within === undefined ? name : `${within}[${name}]` },
  );
}
