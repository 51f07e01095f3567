import type { Weight } from "./faces";
import { prepare, type Run, runsOf } from "./runs";

export interface Line {
  readonly runs: readonly (Run & { readonly width: number })[];
  /** In points, like all lengths of papers. */
  readonly width: number;
}

/** How wide a run is drawn, in points. */
export type Measure = (run: Run) => number;

const words = new Intl.Segmenter("zh", { granularity: "word" });
const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });
const unspaced = /[\p{Script=Han}\p{Script=Hira}\p{Script=Kana}\p{Script=Thai}]/u;

/**
 * Breaks a text into lines of at most `width`: at spaces, in Chinese, Japanese and Thai between words, and within a word only
 * if the word alone is too wide. An empty text is one empty line.
 */
export function linesOf(text: string, width: number, weight: Weight, measure: Measure): Line[] {
  const prepared = prepare(text, weight);
  const lineOf = (start: number, end: number): Line => {
    const runs = runsOf(prepared, start, end).map((run) => ({ ...run, width: measure(run) }));
    return { runs, width: runs.reduce((total, run) => total + run.width, 0) };
  };
  const fits = (start: number, end: number) =>
    lineOf(start, trimmedEnd(prepared.text, start, end)).width <= width;
  const lines: Line[] = [];
  let start = 0;
  let end = 0;
  const close = () => {
    if (end > start) lines.push(lineOf(start, trimmedEnd(prepared.text, start, end)));
    start = end;
  };
  for (const piece of piecesOf(prepared.text)) {
    if (!fits(start, end + piece.length)) close();
    if (fits(start, end + piece.length)) {
      end += piece.length;
      continue;
    }
    for (const { segment } of graphemes.segment(piece)) {
      if (end > start && !fits(start, end + segment.length)) close();
      end += segment.length;
    }
  }
  close();
  return lines.length > 0 ? lines : [{ runs: [], width: 0 }];
}

/** Pieces that a line may end after; each has the spaces that follow it. */
function piecesOf(text: string): string[] {
  const pieces: string[] = [];
  for (const [chunk] of text.matchAll(/ *[^ ]+ *|^ +$/g)) {
    if (!unspaced.test(chunk)) {
      pieces.push(chunk);
      continue;
    }
    let isFirst = true;
    for (const { segment, isWordLike } of words.segment(chunk)) {
      // A sign stays with the word before it, and what follows an opening one with it.
      const last = pieces.at(-1);
      const joins = !isFirst && last !== undefined && (!isWordLike || /[\p{Ps}\p{Pi}]$/u.test(last));
      if (joins && !/^\p{Ps}/u.test(segment)) pieces[pieces.length - 1] = last + segment;
      else pieces.push(segment);
      isFirst = false;
    }
  }
  return pieces;
}

function trimmedEnd(text: string, start: number, end: number): number {
  let at = end;
  while (at > start && text[at - 1] === " ") at--;
  return at;
}
