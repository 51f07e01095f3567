import { reportMostBytes } from "@/lib/auth/body-limits";

/** The whole body of a request, or null if it is larger than an event or a report ever is. */
export async function readCapped(stream: ReadableStream<Uint8Array> | null): Promise<Buffer | null> {
  if (!stream) return Buffer.alloc(0);
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = stream.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.byteLength;
    if (size > reportMostBytes) {
      await reader.cancel();
      return null;
    }
    chunks.push(value);
  }
  return Buffer.concat(chunks);
}
