"use client";

import { type ReactNode, useState } from "react";

export type ReadAction = (input: { noticeIds: string[] }) => Promise<unknown>;

interface NoticeDetailsProps {
  noticeId: string;
  isRead: boolean;
  /** The summary, as it is while nobody has opened the mail, and after that. */
  summary: { unread: ReactNode; read: ReactNode };
  markRead: ReadAction;
  children: ReactNode;
}

/** A mail that is read once it was opened, here at once and for every member of the customer. */
export function NoticeDetails({ noticeId, isRead, summary, markRead, children }: NoticeDetailsProps) {
  const [wasOpened, setOpened] = useState(false);

  function opened(isOpen: boolean) {
    if (!isOpen || isRead || wasOpened) return;
    setOpened(true);
    // Whether that is noted shows on the next page: there is nothing to do about it here.
    markRead({ noticeIds: [noticeId] }).catch(() => setOpened(false));
  }

  return (
    <details className="group" onToggle={(event) => opened(event.currentTarget.open)}>
      <summary className="grid cursor-pointer gap-x-4 gap-y-1 py-3 sm:grid-cols-[minmax(0,1fr)_auto_11rem] sm:items-baseline">
        {isRead || wasOpened ? summary.read : summary.unread}
      </summary>
      {children}
    </details>
  );
}
