/** Sentences by the code of a refusal; `fault` for whatever has none, `lost` for when no answer came. */
export type AnswerTexts = Record<string, string> & { fault: string; lost: string };

/** A refusal in words: its own, if it brings them. What it carries stands in for the {names} of its sentence; seconds to wait are told as minutes. */
export function sentenceOf(refusal: { code: string; sentence?: string }, texts: AnswerTexts): string {
  if (refusal.sentence) return refusal.sentence;
  const parts: Record<string, unknown> = { ...refusal };
  if (typeof parts.retryAfterSeconds === "number") parts.minutes = Math.ceil(parts.retryAfterSeconds / 60);
  const sentence = Object.hasOwn(texts, refusal.code) ? texts[refusal.code] : undefined;
  return (sentence ?? texts.fault).replace(/\{(\w+)\}/g, (_whole, name: string) => String(parts[name] ?? ""));
}
