/** Events and reports are a few kB; what is larger is refused while it streams in, before anything of it is looked at. */
export const bodyMostBytes = 1_000_000;

/** The whole body of a request, or null if it is larger than that. */
export async function readCapped(stream: ReadableStream<Uint8Array> | null): Promise<Buffer | null> {
  if (!stream) return Buffer.alloc(0);
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = stream.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.byteLength;
    if (size > bodyMostBytes) {
      await reader.cancel();
      return null;
    }
    chunks.push(value);
  }
  return Buffer.concat(chunks);
}
