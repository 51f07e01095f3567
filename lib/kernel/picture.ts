/** What a picture is, as its first bytes and not its name say; of the kinds that browsers show and PDFs take. */
export type PictureKind = "png" | "jpeg";

/** The kind of a whole picture of at most so many pixels a side; null for anything else, and for half of one. */
export function pictureKind(bytes: Uint8Array, sideMost = 4000): PictureKind | null {
  const size = pngSize(bytes) ?? jpegSize(bytes);
  if (!size || size.width < 1 || size.height < 1 || size.width > sideMost || size.height > sideMost)
    return null;
  return size.kind;
}

interface Size {
  kind: PictureKind;
  width: number;
  height: number;
}

const pngSignature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/** A PNG is its signature and chunks: the first says the size, some have the pixels, the last one is the end. */
function pngSize(bytes: Uint8Array): Size | null {
  if (!pngSignature.every((byte, index) => bytes[index] === byte)) return null;
  const view = viewOf(bytes);
  let size: Size | null = null;
  let hasPixels = false;
  for (let at = 8; at + 12 <= bytes.length; ) {
    const length = view.getUint32(at);
    const name = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (at + 12 + length > bytes.length) return null;
    if (at === 8) {
      if (name !== "IHDR" || length !== 13) return null;
      size = { kind: "png", width: view.getUint32(16), height: view.getUint32(20) };
    }
    if (name === "IDAT" && length > 0) hasPixels = true;
    if (name === "IEND") return hasPixels ? size : null;
    at += 12 + length;
  }
  return null;
}

/** A JPEG is a row of segments, of which one says the size, before its pixels; it ends with a mark of its own. */
function jpegSize(bytes: Uint8Array): Size | null {
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) return null;
  if (bytes.at(-2) !== 0xff || bytes.at(-1) !== 0xd9) return null;
  const view = viewOf(bytes);
  let size: Size | null = null;
  for (let at = 2; at + 4 <= bytes.length; ) {
    if (bytes[at] !== 0xff) return null;
    const marker = bytes[at + 1] ?? 0;
    const length = view.getUint16(at + 2);
    if (length < 2 || at + 2 + length > bytes.length) return null;
    // The pixels begin.
    if (marker === 0xda) return size;
    if (isFrame(marker)) {
      if (length < 8) return null;
      size = { kind: "jpeg", height: view.getUint16(at + 5), width: view.getUint16(at + 7) };
    }
    at += 2 + length;
  }
  return null;
}

/** SOF0 to SOF15, without the three of that range that are tables. */
function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
