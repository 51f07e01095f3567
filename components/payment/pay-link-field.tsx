"use client";

import { useId } from "react";
import { Button } from "@/components/ui/button";
import { Input } from "@/components/ui/input";
import { toast } from "@/components/ui/toast";

export interface PayLinkFieldTexts {
  label: string;
  copy: string;
  copied: string;
}

/** A pay link to copy: by the button, or by hand where a browser does not let a page write to the clipboard. */
export function PayLinkField({ url, texts }: { url: string; texts: PayLinkFieldTexts }) {
  const id = useId();
  async function copy() {
    const field = document.getElementById(id) as HTMLInputElement | null;
    field?.select();
    try {
      await navigator.clipboard.writeText(url);
      toast(texts.copied);
    } catch {
      // The text is selected: the keyboard copies it.
      field?.focus();
    }
  }
  return (
    <div className="flex flex-wrap items-end gap-2">
      <div className="grid min-w-0 flex-1 basis-56 gap-1.5">
        <label htmlFor={id} className="font-medium text-sm">
          {texts.label}
        </label>
        <Input id={id} readOnly value={url} onFocus={(event) => event.target.select()} />
      </div>
      <Button onClick={copy}>{texts.copy}</Button>
    </div>
  );
}
