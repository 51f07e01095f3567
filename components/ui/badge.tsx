import type { ReactNode } from "react";
import { classNames } from "@/components/ui/class-names";

export type Tone = "good" | "warn" | "bad" | "calm" | "plain" | "gone";
export type Shape = "ring" | "half" | "disc" | "dots" | "tick" | "triangle" | "slash" | "square" | "bars";

/** A status: a word and a shape. The tone only underlines what both already say. */
export function Badge({ tone, shape, children }: { tone: Tone; shape: Shape; children: ReactNode }) {
  return (
    <span
      className={classNames(
        "inline-flex items-center gap-1.5 whitespace-nowrap font-medium text-sm leading-5",
        tones[tone],
      )}
    >
      <svg viewBox="0 0 12 12" aria-hidden="true" className="size-3 shrink-0">
        {shapes[shape]}
      </svg>
      {children}
    </span>
  );
}

const tones = {
  good: "text-good",
  warn: "text-warn",
  bad: "text-bad",
  calm: "text-calm",
  plain: "text-ink",
  gone: "text-ink-soft",
} as const satisfies Record<Tone, string>;

const line = { fill: "none", stroke: "currentColor", strokeWidth: 1.5 } as const;

const shapes = {
  ring: <circle cx="6" cy="6" r="4.5" {...line} />,
  half: (
    <>
      <circle cx="6" cy="6" r="4.5" {...line} />
      <path d="M6 1.5a4.5 4.5 0 0 1 0 9z" fill="currentColor" />
    </>
  ),
  disc: <circle cx="6" cy="6" r="4.75" fill="currentColor" />,
  dots: (
    <g fill="currentColor">
      <circle cx="1.75" cy="6" r="1.5" />
      <circle cx="6" cy="6" r="1.5" />
      <circle cx="10.25" cy="6" r="1.5" />
    </g>
  ),
  tick: <path d="M1.75 6.5 4.75 9.5 10.25 2.75" {...line} strokeWidth={1.75} strokeLinejoin="round" />,
  triangle: <path d="M6 1.25 11.5 10.75H.5z" fill="currentColor" />,
  slash: (
    <>
      <circle cx="6" cy="6" r="4.5" {...line} />
      <path d="M2.9 9.1 9.1 2.9" {...line} />
    </>
  ),
  square: <rect x="2" y="2" width="8" height="8" fill="currentColor" />,
  bars: <path d="M4 2v8M8 2v8" {...line} strokeWidth={2} />,
} as const satisfies Record<Shape, ReactNode>;
