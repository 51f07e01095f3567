"use client";

import { Broken, type BrokenProps } from "@/components/shell/broken";

export default function ErrorPage({ error, retry }: BrokenProps) {
  return (
    <main className="page">
      <Broken error={error} retry={retry} />
    </main>
  );
}
