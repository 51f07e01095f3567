"use client";

import { createContext, type ReactNode, useContext } from "react";

/** The few sentences that a browser must hold because no server is left to ask: what to say when a page breaks. */
export interface ErrorTexts {
  title: string;
  body: string;
  again: string;
  home: string;
  reference: string;
}

const Texts = createContext<ErrorTexts | null>(null);

export function ClientTexts({ texts, children }: { texts: ErrorTexts; children: ReactNode }) {
  return <Texts value={texts}>{children}</Texts>;
}

export function useErrorTexts(): ErrorTexts | null {
  return useContext(Texts);
}
