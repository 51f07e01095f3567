/** The route handlers outside of /api, which answer with files and never with a page. A test compares them with the routes. */
export const fileRoutes = [
  "/admin/customers/[reference]/credit-notes/[number]/pdf",
  "/admin/customers/[reference]/drafts/[draft]/pdf",
  "/admin/customers/[reference]/invoices/[number]/pdf",
  "/admin/customers/[reference]/payments/[payment]/receipt",
  "/admin/customers/[reference]/statement/pdf",
  "/admin/mail/templates/[kind]/html",
  "/balance/statement/csv",
  "/balance/statement/pdf",
  "/credit-notes/[number]/pdf",
  "/host-logo",
  "/invoices/[number]/pdf",
  "/invoices/csv",
  "/payments/[payment]/receipt",
  "/settings/export",
] as const;

const patterns = fileRoutes.map((route) => new RegExp(`^${route.replace(/\[\w+\]/g, "[^/]+")}$`));

export function isFile(path: string): boolean {
  return patterns.some((pattern) => pattern.test(path));
}
