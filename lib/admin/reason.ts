/** Why a person of the staff did something: asked for with every act that changes what a customer owes or has. */
export const reasonLengthMax = 500;

export type ReasonRefusal = { code: "reason_missing" } | { code: "reason_too_long"; most: number };

/** The reason as it is kept, or what is wrong with it. */
export function checkedReason(
  text: string,
): { ok: true; reason: string } | { ok: false; refusal: ReasonRefusal } {
  const reason = text.trim();
  if (reason === "") return { ok: false, refusal: { code: "reason_missing" } };
  if (reason.length > reasonLengthMax) {
    return { ok: false, refusal: { code: "reason_too_long", most: reasonLengthMax } };
  }
  return { ok: true, reason };
}
