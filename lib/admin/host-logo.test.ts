import { inflateSync } from "node:zlib";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { normalizedLogo } from "./host-logo";

const picture = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 4, background: { r: 200, g: 30, b: 60, alpha: 0.5 } } });

async function shape(logo: Buffer | null) {
  if (!logo) throw new Error("the picture was refused");
  const { format, width, height, depth, isProgressive, isPalette } = await sharp(logo).metadata();
  return { format, width, height, depth, isProgressive, isPalette };
}

const plain = { format: "png", depth: "uchar", isProgressive: false, isPalette: false };

describe("a logo", () => {
  it("of any kind that is taken becomes a plain PNG that fits the box", async () => {
    const given = [
      [await picture(4000, 4000).png().toBuffer(), 160, 160],
      [await picture(1280, 320).png({ palette: true, colours: 16 }).toBuffer(), 640, 160],
      [await picture(90, 30).png({ progressive: true }).toBuffer(), 90, 30],
      [await picture(90, 30).toColourspace("rgb16").png().toBuffer(), 90, 30],
      [await picture(90, 30).flatten().jpeg().toBuffer(), 90, 30],
      [await picture(90, 30).flatten().toColourspace("cmyk").jpeg().toBuffer(), 90, 30],
      // On its side, as telephones write pictures.
      [await picture(90, 30).flatten().withMetadata({ orientation: 6 }).jpeg().toBuffer(), 30, 90],
    ] as const;
    for (const [bytes, width, height] of given) {
      expect(await shape(await normalizedLogo(bytes))).toEqual({ ...plain, width, height });
    }
  });

  it("with transparency and broken pixels is refused: each paper would fail on it", async () => {
    const whole = await picture(60, 20).png().toBuffer();
    const at = whole.indexOf("IDAT") + 4;
    const length = whole.readUInt32BE(at - 8);
    expect(() => inflateSync(whole.subarray(at, at + length))).not.toThrow();
    const broken = Buffer.from(whole);
    broken.fill(0xff, at + 4, at + length - 4);
    expect(await normalizedLogo(broken)).toBeNull();
  });

  it("that is cut off, no picture, or a picture of another kind is refused", async () => {
    const png = await picture(60, 20).png().toBuffer();
    const jpeg = await picture(60, 20).flatten().jpeg().toBuffer();
    const refused = [
      png.subarray(0, png.length - 20),
      png.subarray(0, 8),
      jpeg.subarray(0, jpeg.length >> 1),
      Buffer.from("<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>"),
      await picture(60, 20).webp().toBuffer(),
      new Uint8Array(0),
      new Uint8Array(1000),
    ];
    for (const bytes of refused) expect(await normalizedLogo(bytes)).toBeNull();
  });
});
