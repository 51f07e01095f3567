import bidiFactory from "bidi-js";
import { type Face, faceFor, shows, type Weight } from "./faces";

/** A piece of a line that one face draws in one direction, its characters as the face wants them. */
export interface Run {
  readonly text: string;
  readonly face: Face;
  /** Odd is from right to left (UAX #9). */
  readonly level: number;
}

/** A text made fit to be drawn: what no font shows is replaced, and each character knows its face and direction. */
export interface Prepared {
  readonly text: string;
  /** By index into `text`, in UTF-16 units. */
  readonly faces: readonly Face[];
  readonly levels: Uint8Array;
}

/** Stands for what no font shows. */
export const replacement = "\ufffd";

const bidi = bidiFactory();
const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });
/** Joiners shape Persian and Hindi; all else that is invisible could only turn a paper's text around. */
const invisible = /[\p{Cf}\p{Variation_Selector}]/gu;
const joiners = /[\u200c\u200d]/gu;

/** Line breaks and control characters become spaces; the direction is that of the first letter that has one. */
export function prepare(given: string, weight: Weight): Prepared {
  const clean = given
    .replace(/\p{Cs}/gu, replacement)
    .normalize("NFC")
    .replace(invisible, (sign) => (/[\u200c\u200d]/.test(sign) ? sign : ""))
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ")
    .replaceAll("\u202f", "\u00a0");
  let text = "";
  const faces: Face[] = [];
  for (const { segment } of graphemes.segment(clean)) {
    const found = faceOf(segment, faces.at(-1), weight);
    text += found.text;
    for (let unit = 0; unit < found.text.length; unit++) faces.push(found.face);
  }
  return { text, faces, levels: bidi.getEmbeddingLevels(text).levels };
}

/** A space is of the face before it, so that a name of several words is one run. */
function faceOf(grapheme: string, before: Face | undefined, weight: Weight): { text: string; face: Face } {
  if (before && grapheme === " " && shows(before, [32])) return { text: grapheme, face: before };
  const face = faceFor(grapheme, weight);
  if (face) return { text: grapheme, face };
  // A ligature, a letter of full width, the dot between Japanese words: the same in plainer letters.
  const bare = grapheme.replace(joiners, "").replace("\u30fb", "\u00b7").normalize("NFKC");
  const bareFace = bare === "" ? null : faceFor(bare, weight);
  if (bareFace) return { text: bare, face: bareFace };
  const letters = hangulLetters(bare);
  const letterFace = letters === "" ? null : faceFor(letters, weight);
  if (letterFace) return { text: letters, face: letterFace };
  const spare = faceFor(replacement, weight) ?? faceFor("?", weight);
  if (!spare) throw new Error("a font of the papers is not installed");
  return { text: shows(spare, [0xfffd]) ? replacement : "?", face: spare };
}

/**
 * A Korean syllable that the font lacks (it has the 2,350 of daily use, of 11,172) by its letters one after another, as
 * Koreans read them too. Empty for anything else.
 */
function hangulLetters(syllable: string): string {
  const at = (syllable.codePointAt(0) ?? 0) - 0xac00;
  if (at < 0 || at >= 11_172 || [...syllable].length > 1) return "";
  const [lead, vowel, tail] = [Math.floor(at / 588), Math.floor((at % 588) / 28), at % 28];
  return `${leads[lead]}${String.fromCodePoint(0x314f + vowel)}${tails[tail - 1] ?? ""}`;
}

const leads = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ";
const tails = "ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ";

/** The runs of one line, [start, end) of the text, from left to right as they are drawn (UAX #9, L2). */
export function runsOf({ text, faces, levels }: Prepared, start: number, end: number): Run[] {
  const runs: Run[] = [];
  let from = start;
  for (let at = start + 1; at <= end; at++) {
    if (at < end && faces[at] === faces[from] && levels[at] === levels[from]) continue;
    const level = levels[from] ?? 0;
    const face = faces[from];
    if (face) runs.push({ text: drawn(text.slice(from, at), level), face, level });
    from = at;
  }
  return reordered(runs);
}

/** Letters of a script from right to left are turned by the font; signs between them have to be turned here. */
function drawn(text: string, level: number): string {
  if (level % 2 === 0 || /\p{L}/u.test(text)) return text;
  return [...text]
    .reverse()
    .map((char) => bidi.getMirroredCharacter(char) ?? char)
    .join("");
}

function reordered(runs: readonly Run[]): Run[] {
  const line = [...runs];
  const highest = Math.max(0, ...line.map(({ level }) => level));
  for (let level = highest; level > 0; level--) {
    for (let start = 0; start < line.length; start++) {
      let end = start;
      while (end < line.length && (line[end]?.level ?? 0) >= level) end++;
      if (end > start) line.splice(start, end - start, ...line.slice(start, end).reverse());
      start = end;
    }
  }
  return line;
}
