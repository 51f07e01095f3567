import { classNames } from "@/components/ui/class-names";

/** The place of something that is on its way. Decoration: say that it is loading beside it, in words. */
export function Skeleton({ className }: { className?: string }) {
  return (
    <span
      aria-hidden="true"
      className={classNames(
        "block animate-[breathe_1.6s_ease-in-out_infinite] rounded-sm bg-sunken",
        className,
      )}
    />
  );
}
