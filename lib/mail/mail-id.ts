import { isUuid } from "@/lib/kernel/id";

/**
 * Names a notice's mail for good, as the local part of its Message-ID: the same whenever it is tried again, another one for
 * each time that staff send it anew, so that a late report is not taken for one of the mail that followed.
 */
export function mailIdOf(noticeId: string, sending: number): string {
  return sending === 1 ? noticeId : `${noticeId}.${sending}`;
}

/** Of which notice and sending a mail of this id would be; null if it is none of ours. */
export function noticeOfMailId(mailId: string): { noticeId: string; sending: number } | null {
  const [, noticeId = "", sending = "1"] =
    /^([^.]+)(?:\.([1-9][0-9]{0,5}))?$/.exec(mailId.toLowerCase()) ?? [];
  return isUuid(noticeId) ? { noticeId, sending: Number(sending) } : null;
}
