import { extractText, getDocumentProxy, getMeta } from "unpdf";

/** What a reader finds in a PDF: the text of each page, spaces evened out, and what the file says about itself. */
export async function readPdf(content: Uint8Array): Promise<{
  pages: string[];
  text: string;
  info: Record<string, unknown>;
}> {
  // The reader takes the bytes away from whom it is given them by.
  const proxy = await getDocumentProxy(new Uint8Array(content));
  const { text } = await extractText(proxy, { mergePages: false });
  const { info } = await getMeta(proxy);
  const pages = text.map((one) => one.replace(/\s+/g, " "));
  return { pages, text: pages.join(" "), info };
}
