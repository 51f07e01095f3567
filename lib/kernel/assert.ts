/** A fault of ours, never of the person in front of the screen: it ends the request and is logged. */
export class AssertionFailure extends Error {
  override readonly name = "AssertionFailure";
}

/** States what must hold here whatever the outside sends. The message must not carry secrets: it is logged. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new AssertionFailure(message);
}

/** The end of an exhaustive switch: the compiler proves that it is not reached, this says so if it lied. */
export function unreachable(value: never): never {
  throw new AssertionFailure(`unreachable case: ${String(value)}`);
}
