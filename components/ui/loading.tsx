import { Skeleton } from "@/components/ui/skeleton";

/** The shape of a list that is on its way. The words are for those who do not see it. */
export function Loading({ text, rows = 8 }: { text: string; rows?: number }) {
  return (
    <div role="status" className="border-t">
      <span className="sr-only">{text}</span>
      {Array.from({ length: rows }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the rows are all alike and stay where they are.
        <div key={row} className="flex items-center gap-6 border-b py-3.5">
          <Skeleton className="h-4 w-28" />
          <Skeleton className="h-4 flex-1" />
          <Skeleton className="h-4 w-20" />
        </div>
      ))}
    </div>
  );
}
