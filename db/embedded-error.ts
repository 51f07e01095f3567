/** A fault of the surroundings (a permission, a missing program) in one sentence that says what to do. */
export class EmbeddedError extends Error {}
