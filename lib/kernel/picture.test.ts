import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { pictureKind } from "./picture";

/** One red pixel. */
const png = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==",
  "base64",
);

/** Its segments alone: what a picture's kind is read from. */
const jpeg = Uint8Array.from([
  ...[0xff, 0xd8],
  ...[0xff, 0xe0, 0, 4, 0, 0],
  ...[0xff, 0xc0, 0, 11, 8, 0, 16, 0, 32, 1, 1, 0x11, 0],
  ...[0xff, 0xda, 0, 3, 0],
  ...[1, 2, 3],
  ...[0xff, 0xd9],
]);

describe("a picture", () => {
  it("is a whole PNG or JPEG, by its bytes", () => {
    expect(pictureKind(png)).toBe("png");
    expect(pictureKind(jpeg)).toBe("jpeg");
  });

  it("is none where it is something else, whatever it is called", () => {
    for (const text of ["", "<svg xmlns='http://www.w3.org/2000/svg'/>", "%PDF-1.7", "GIF89a", "\x89PNG"]) {
      expect(pictureKind(Buffer.from(text, "latin1")), text).toBeNull();
    }
  });

  it("is none where it is too large to show", () => {
    expect(pictureKind(jpeg, 16)).toBeNull();
    expect(pictureKind(jpeg, 32)).toBe("jpeg");
  });

  it("is none where its end is missing", () => {
    for (const whole of [png, jpeg]) {
      fc.assert(
        fc.property(fc.integer({ min: 0, max: whole.length - 1 }), (length) => {
          expect(pictureKind(whole.subarray(0, length))).toBeNull();
        }),
      );
    }
  });

  it("is never a reason to break, whatever the bytes", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void pictureKind(bytes)));
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200 }),
        (bytes) => void pictureKind(Buffer.concat([png.subarray(0, 8), bytes])),
      ),
    );
  });
});
