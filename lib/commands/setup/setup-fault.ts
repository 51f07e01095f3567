/** A fault that a person can mend: its message is one sentence that says how, and all that is shown of it. */
export class SetupFault extends Error {}
