import { classNames } from "@/components/ui/class-names";

/** The portal's own mark, a drake's head above its collar, until a host brings its logo. */
export function Mark({ className }: { className?: string }) {
  return (
    <svg viewBox="0 0 24 24" aria-hidden="true" className={classNames("shrink-0", className)}>
      <path
        className="fill-accent"
        d="M9.8 2.5a5.7 5.7 0 0 1 5.7 5.7c0 2.3-1 3.2-1 5.6H6.1c0-2.4-2-3.3-2-5.6a5.7 5.7 0 0 1 5.7-5.7z"
      />
      <path
        className="fill-accent"
        d="M5.9 15.6h8.8c2.6.9 4.4 2.7 4.9 5.3.1.4-.2.6-.6.6H2.6c-.4 0-.7-.2-.6-.6.4-2.6 1.6-4.4 3.9-5.3z"
      />
      <path className="fill-warn" d="M16.7 7.2c2 .2 3.7.7 4.9 1.5.6.4.4 1.3-.4 1.3h-4.6c.2-.9.2-1.9.1-2.8z" />
      <circle className="fill-paper" cx="11.6" cy="7" r="1" />
    </svg>
  );
}
