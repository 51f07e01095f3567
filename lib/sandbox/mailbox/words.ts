/** What the mailbox says. It is a tool of the demo beside the portal, and brings its own few words. */
const words = {
  en: {
    title: "Mailbox",
    about: "What the portal sends arrives here and goes no further. The last {most} mails are kept.",
    empty: "No mail yet. As soon as the portal sends one, it is here.",
    refresh: "Look again",
    back: "All mails",
    received: "Received",
    from: "From",
    to: "To",
    subject: "Subject",
    noSubject: "(no subject)",
    text: "Text",
    html: "As HTML",
    files: "Attachments",
    oneFile: "1 attachment",
    someFiles: "{count} attachments",
    noName: "(no name)",
    notFound: "There is no such mail. Only the last {most} are kept.",
  },
  zh: {
    title: "邮箱",
    about: "门户发出的邮件都到这里为止，不会真正寄出。保留最近 {most} 封。",
    empty: "还没有邮件。门户一发出，就会出现在这里。",
    refresh: "刷新",
    back: "全部邮件",
    received: "收到时间",
    from: "发件人",
    to: "收件人",
    subject: "主题",
    noSubject: "（无主题）",
    text: "文本",
    html: "HTML 版本",
    files: "附件",
    oneFile: "1 个附件",
    someFiles: "{count} 个附件",
    noName: "（无文件名）",
    notFound: "没有这封邮件。只保留最近 {most} 封。",
  },
} as const;

export type MailboxWords = Record<keyof (typeof words)["en"], string>;

/** The words for a browser, by the first language it asks for. */
export function wordsFor(acceptLanguage: string | undefined): { lang: string; words: MailboxWords } {
  return /^\s*zh\b/i.test(acceptLanguage ?? "")
    ? { lang: "zh-Hans", words: words.zh }
    : { lang: "en", words: words.en };
}
