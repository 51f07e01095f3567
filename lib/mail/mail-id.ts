import { isUuid } from "@/lib/kernel/id";

/**
 * Names a notice's mail for good, as the local part of its Message-ID: the same whenever it is tried again, another one for
 * each time that staff send it anew, so that a late report is not taken for one of the mail that followed.
 */
export function mailIdOf(noticeId: string, sending: number): string {
  return sending === 1 ? noticeId : `${noticeId}.${sending}`;
}

/** The id of a copy of the mail with this id: with the place of its address among the copies, from 1. */
export function copyIdOf(mailId: string, copy: number): string {
  return `${mailId}.c${copy}`;
}

/** Of which notice, sending and copy a mail of this id would be; null if it is none of ours. */
export function noticeOfMailId(
  mailId: string,
): { noticeId: string; sending: number; copy: number | null } | null {
  const [, noticeId = "", sending = "1", copy] =
    /^([^.]+)(?:\.([1-9][0-9]{0,5}))?(?:\.c([1-9][0-9]?))?$/.exec(mailId.toLowerCase()) ?? [];
  if (!isUuid(noticeId)) return null;
  return { noticeId, sending: Number(sending), copy: copy === undefined ? null : Number(copy) };
}
