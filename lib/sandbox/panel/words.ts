/** What the panel says. It is a tool of the demo beside the portal, and brings its own few words. */
const words = {
  en: {
    title: "A control panel",
    about:
      "It stands for the host’s own system that runs the machines. The billing portal tells it of each service by webhook, and it starts, stops or removes what the service is.",
    refresh: "Look again",
    isUp: "It answers each event with 204.",
    isDown: "It is down: it answers each event with 503, and the portal tries again for three days.",
    beDown: "Be down",
    beUp: "Answer again",
    services: "Services",
    since: "All that it has been told since it was started, {at}.",
    noService: "It has not been told of any service yet.",
    service: "Service",
    customer: "Customer",
    standing: "State",
    knownAt: "Since",
    running: "running",
    stopped: "stopped",
    removed: "removed",
    arrivals: "Last events",
    noArrival: "None came yet.",
    event: "Event",
    became: "What it did",
    cameAt: "Came",
    applied: "Took it",
    not_for_us: "Took it; nothing to do",
    older: "Took it; knew of something newer",
    not_signed: "Refused it: its signature does not match",
    was_down: "Was down: answered 503",
  },
  zh: {
    title: "控制面板",
    about:
      "它代表主机商自己管理机器的系统。计费门户通过 webhook 把每项服务的变化告诉它，它据此启动、停止或移除相应的机器。",
    refresh: "刷新",
    isUp: "目前对每个事件都回答 204。",
    isDown: "已停机：对每个事件都回答 503，门户会在三天内重试。",
    beDown: "停机",
    beUp: "恢复应答",
    services: "服务",
    since: "以下是它自 {at} 启动以来得知的全部内容。",
    noService: "还没有得知任何服务。",
    service: "服务",
    customer: "客户",
    standing: "状态",
    knownAt: "自",
    running: "运行中",
    stopped: "已停止",
    removed: "已移除",
    arrivals: "最近的事件",
    noArrival: "还没有收到事件。",
    event: "事件",
    became: "处理结果",
    cameAt: "收到时间",
    applied: "已执行",
    not_for_us: "已收下，无需处理",
    older: "已收下，但已知更新的状态",
    not_signed: "已拒绝：签名不符",
    was_down: "停机中：回答了 503",
  },
} as const;

export type PanelWords = Record<keyof (typeof words)["en"], string>;

/** The words for a browser, by the first language it asks for. */
export function wordsFor(acceptLanguage: string | undefined): { lang: string; words: PanelWords } {
  return /^\s*zh\b/i.test(acceptLanguage ?? "")
    ? { lang: "zh-Hans", words: words.zh }
    : { lang: "en", words: words.en };
}
