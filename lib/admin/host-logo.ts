import sharp from "sharp";

/** Four times what a paper and the portal show it at: sharp in print, and a few kilobytes. */
const box = { width: 640, height: 160 };
const sideMost = 6000;

const signatures = [
  [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a],
  [0xff, 0xd8, 0xff],
];

/**
 * A logo as everything shows it: decoded once, turned upright, scaled into the box, and written anew as a plain 8-bit
 * PNG. Pages and papers never meet the file that was uploaded. Null for what is no whole PNG or JPEG.
 */
export async function normalizedLogo(uploaded: Uint8Array): Promise<Buffer | null> {
  if (!signatures.some((signature) => signature.every((byte, at) => uploaded[at] === byte))) return null;
  try {
    return await sharp(uploaded, { failOn: "warning", limitInputPixels: sideMost * sideMost })
      .autoOrient()
      .resize({ ...box, fit: "inside", withoutEnlargement: true })
      .toColourspace("srgb")
      .png({ palette: false, progressive: false, compressionLevel: 9 })
      .toBuffer();
  } catch {
    return null;
  }
}
