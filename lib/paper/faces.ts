import { readFileSync } from "node:fs";
import path from "node:path";
import { inflateSync } from "node:zlib";
import * as fontkit from "fontkit";

export type Weight = 400 | 700;

/** A font of one weight that shows one part of Unicode, opened. */
export interface Face {
  /** The same for the same file: what a document registers it by. */
  readonly name: string;
  readonly font: fontkit.Font;
}

interface FaceFile {
  /** Characters that it is opened for; whether it has them is then asked of the font. */
  for: RegExp;
  file: (weight: Weight) => string;
}

/** Of a package that has one script more than Noto Sans itself. */
const scriptFace = (script: string) => (weight: Weight) =>
  `@fontsource/noto-sans-${script}/files/noto-sans-${script}-${script}-${weight}-normal.woff`;

const sans = (subset: string) => (weight: Weight) =>
  `@fontsource/noto-sans/files/noto-sans-${subset}-${weight}-normal.woff`;

/** In the order in which they are asked. The first is always open; Chinese, by far the largest, comes last. */
const faceFiles: readonly FaceFile[] = [
  { for: /./su, file: sans("latin") },
  { for: /[\p{Script=Latin}\p{Sc}\p{M}]/u, file: sans("latin-ext") },
  { for: /[\p{Script=Latin}\p{Sc}\p{M}]/u, file: sans("vietnamese") },
  { for: /[\p{Script=Cyrillic}№]/u, file: sans("cyrillic") },
  { for: /\p{Script=Cyrillic}/u, file: sans("cyrillic-ext") },
  { for: /\p{Script=Greek}/u, file: sans("greek") },
  { for: /\p{Script=Greek}/u, file: sans("greek-ext") },
  { for: /\p{Script_Extensions=Devanagari}/u, file: sans("devanagari") },
  { for: /[\p{Script=Hebrew}\u20aa]/u, file: scriptFace("hebrew") },
  { for: /[\p{Script=Thai}\u0e3f]/u, file: scriptFace("thai") },
  { for: /\p{Script_Extensions=Georgian}/u, file: scriptFace("georgian") },
  { for: /\p{Script=Armenian}/u, file: scriptFace("armenian") },
  {
    for: /\p{Script_Extensions=Arabic}/u,
    file: (weight) => `@fontsource/noto-sans-arabic/files/noto-sans-arabic-arabic-${weight}-normal.woff`,
  },
  {
    for: /[\p{Script=Hangul}\u3131-\u318e\u20a9]/u,
    file: (weight) => `@openfonts/noto-sans-kr_korean/files/noto-sans-kr-korean-${weight}.woff`,
  },
  {
    for: /[\p{Script_Extensions=Han}\p{Script_Extensions=Hira}\p{Script_Extensions=Kana}\u2000-\u2bff\u3000-\u303f\uff00-\uffef]/u,
    file: (weight) =>
      `@openfonts/noto-sans-sc_chinese-simplified/files/noto-sans-sc-chinese-simplified-${weight}.woff`,
  },
];

/** The face that shows all of a grapheme; null if none does. A face is opened when a text first needs it, and kept. */
export function faceFor(grapheme: string, weight: Weight): Face | null {
  const points = [...grapheme].map((char) => char.codePointAt(0) as number);
  for (const { for: pattern, file } of faceFiles) {
    if (!pattern.test(grapheme)) continue;
    const face = open(file(weight));
    if (shows(face, points)) return face;
  }
  return null;
}

export function shows(face: Face, points: readonly number[]): boolean {
  return points.every((point) => face.font.hasGlyphForCodePoint(point));
}

const opened = new Map<string, Face>();

function open(file: string): Face {
  const known = opened.get(file);
  if (known) return known;
  const packed = readFileSync(path.join(/* turbopackIgnore: true */ process.cwd(), "node_modules", file));
  const font = fontkit.create(unpackWoff(packed)) as fontkit.Font;
  const face = { name: path.basename(file, ".woff"), font };
  opened.set(file, face);
  return face;
}

/**
 * The font that a WOFF file holds, uncompressed (https://www.w3.org/TR/WOFF/): fontkit reads WOFF too, but inflates
 * the glyphs again for each use, in JavaScript, which for Chinese takes half a second a document.
 */
function unpackWoff(woff: Buffer): Buffer {
  const tableCount = woff.readUInt16BE(12);
  const tables = Array.from({ length: tableCount }, (_, index) => {
    const at = 44 + index * 20;
    const [offset, packedLength, length] = [4, 8, 12].map((field) => woff.readUInt32BE(at + field)) as [
      number,
      number,
      number,
    ];
    const packed = woff.subarray(offset, offset + packedLength);
    return {
      tag: woff.subarray(at, at + 4),
      checksum: woff.subarray(at + 16, at + 20),
      content: packedLength < length ? inflateSync(packed) : packed,
    };
  });
  const header = Buffer.alloc(12 + tableCount * 16);
  woff.copy(header, 0, 4, 8);
  header.writeUInt16BE(tableCount, 4);
  const contents: Buffer[] = [];
  let offset = header.length;
  for (const [index, { tag, checksum, content }] of tables.entries()) {
    const at = 12 + index * 16;
    tag.copy(header, at);
    checksum.copy(header, at + 4);
    header.writeUInt32BE(offset, at + 8);
    header.writeUInt32BE(content.length, at + 12);
    const padding = Buffer.alloc((4 - (content.length % 4)) % 4);
    contents.push(content, padding);
    offset += content.length + padding.length;
  }
  return Buffer.concat([header, ...contents]);
}
