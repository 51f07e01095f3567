import type { ComponentProps } from "react";
import { classNames } from "@/components/ui/class-names";

/*
 * A table where there is room; on a phone each row becomes a small grid of its own (the page says where its cells go,
 * with `max-sm:` areas). Changing `display` takes a table's meaning from some screen readers, so the roles are said.
 */
const roles = {
  table: { role: "table" },
  head: { role: "rowgroup" },
  row: { role: "row" },
  columnheader: { role: "columnheader" },
  cell: { role: "cell" },
} as const;

export function Table({ className, ...rest }: ComponentProps<"table">) {
  return (
    <table
      {...roles.table}
      {...rest}
      className={classNames("w-full border-collapse text-left max-sm:block", className)}
    />
  );
}

/** The names of the columns: out of sight on a phone, still read out. */
export function TableHead({ className, children, ...rest }: ComponentProps<"thead">) {
  return (
    <thead {...roles.head} {...rest} className={classNames("max-sm:sr-only", className)}>
      <tr {...roles.row}>{children}</tr>
    </thead>
  );
}

export function TableBody({ className, ...rest }: ComponentProps<"tbody">) {
  return <tbody {...roles.head} {...rest} className={classNames("max-sm:block", className)} />;
}

export function Row({ className, ...rest }: ComponentProps<"tr">) {
  return (
    <tr
      {...roles.row}
      {...rest}
      className={classNames("relative border-line border-b max-sm:grid max-sm:py-3", className)}
    />
  );
}

interface CellProps extends ComponentProps<"td"> {
  /** A figure: aligned right where there are columns. */
  numeric?: boolean;
}

export function Column({ numeric = false, className, ...rest }: CellProps) {
  return (
    <th
      scope="col"
      {...roles.columnheader}
      {...rest}
      className={classNames(
        "caption whitespace-nowrap border-line border-b px-3 py-2 first:pl-0 last:pr-0",
        numeric && "text-right",
        className,
      )}
    />
  );
}

export function Cell({ numeric = false, className, ...rest }: CellProps) {
  return (
    <td
      {...roles.cell}
      {...rest}
      className={classNames(
        "px-3 py-2.5 align-baseline first:pl-0 last:pr-0 max-sm:p-0",
        numeric && "figures text-right",
        className,
      )}
    />
  );
}
