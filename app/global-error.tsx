"use client";

import "./globals.css";
import { buttonLook } from "@/components/ui/button";

/** Nobody's language is known where not even the frame could be made: both are said. */
const texts = [
  {
    lang: "en",
    title: "This page could not be made",
    body: "The fault is ours. Nothing was changed by it, and no money has moved.",
    again: "Try again",
    reference: "Reference:",
  },
  {
    lang: "zh-CN",
    title: "此页面无法生成",
    body: "问题出在我们这边。没有任何改动，也没有资金变动。",
    again: "再试一次",
    reference: "编号：",
  },
];

/** In the place of Next's own page, whose styles our content policy refuses and whose words name no reference. */
export default function GlobalErrorPage({ error }: { error: Error & { digest?: string } }) {
  return (
    <html lang="en">
      <body>
        <title>{texts[0]?.title}</title>
        <main className="page">
          {texts.map(({ lang, title, body, again, reference }) => (
            <section key={lang} lang={lang} className="grid max-w-prose justify-items-start gap-3 pt-16">
              <h1 className="font-semibold text-2xl tracking-tight">{title}</h1>
              <p className="text-ink-soft">{body}</p>
              {/* A form that is sent to its own address works without script as well. */}
              <form>
                <button type="submit" className={buttonLook("primary")}>
                  {again}
                </button>
              </form>
              {error.digest && (
                <p className="figures text-ink-soft text-sm">
                  {reference} {error.digest}
                </p>
              )}
            </section>
          ))}
        </main>
      </body>
    </html>
  );
}
