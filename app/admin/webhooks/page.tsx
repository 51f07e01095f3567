import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { ActionForm } from "@/components/sign-in/action-form";
import { StaffFrame } from "@/components/staff/staff-frame";
import { Empty } from "@/components/ui/empty";
import { PageHead } from "@/components/ui/page-head";
import { DeliveryLog } from "@/components/webhook/delivery-log";
import { EndpointList } from "@/components/webhook/endpoint-list";
import { NewEndpointForm } from "@/components/webhook/new-endpoint-form";
import { RenewSecretForm } from "@/components/webhook/renew-secret-form";
import { webhookTexts } from "@/components/webhook/webhook-texts";
import { showWebhooks } from "@/lib/admin/webhooks";
import { context } from "@/lib/auth/context";
import { currentUser, requireStaff } from "@/lib/auth/current";
import { mayStaff } from "@/lib/auth/staff-rights";
import { addEndpoint, disableEndpoint, renewEndpointSecret, replayDelivery } from "./actions";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("webhooks"))("title") };
}

/** Where the host's own systems hear of services and invoices, and what became of each event. */
export default async function WebhooksPage() {
  const actor = await requireStaff("/admin/webhooks");
  const [user, { endpoints, deliveries }, t, ask, answers] = await Promise.all([
    currentUser(),
    showWebhooks(actor),
    getTranslations("webhooks"),
    getTranslations("ask"),
    webhookTexts(),
  ]);
  const { panelUrl } = context().settings;
  const mayChange = mayStaff(actor.role, "webhook.change");
  const mayReplay = mayStaff(actor.role, "webhook.replay");
  return (
    <StaffFrame hostName={context().settings.hostName} user={user} here="webhooks">
      <PageHead title={t("title")}>
        <p className="mt-1 max-w-prose text-ink-soft">{t("intro")}</p>
        {panelUrl && (
          <p className="mt-1 max-w-prose text-ink-soft">
            {t.rich("demoPanel", {
              link: (words) => (
                <a href={panelUrl} className="font-medium text-accent underline">
                  {words}
                </a>
              ),
            })}
          </p>
        )}
      </PageHead>
      <div className="grid gap-12 pb-16">
        <div className="grid gap-12 lg:grid-cols-[minmax(0,1fr)_22rem]">
          <section aria-labelledby="endpoints">
            <h2 id="endpoints" className="mb-3 font-semibold text-lg">
              {t("endpoints")}
            </h2>
            {endpoints.length > 0 ? (
              <EndpointList
                endpoints={endpoints}
                renew={
                  mayChange
                    ? ({ id, url }) => (
                        <RenewSecretForm
                          action={renewEndpointSecret}
                          endpointId={id}
                          ask={{
                            title: ask("secretTitle"),
                            lines: [ask("secretStops", { url }), ask("secretOnce")],
                            confirm: ask("secretConfirm"),
                            keep: ask("keep"),
                          }}
                          texts={{
                            open: t("renewSecret"),
                            note: t("renewSecretNote"),
                            secretTitle: t("renewedTitle"),
                            secretNote: t("secretNote"),
                            answers,
                          }}
                        />
                      )
                    : null
                }
                end={
                  mayChange
                    ? ({ id, url }) => (
                        <ActionForm
                          action={disableEndpoint}
                          isMinor
                          hidden={{ endpointId: id }}
                          fields={[]}
                          submit={t("end")}
                          ask={{
                            title: ask("endpointTitle"),
                            lines: [ask("endpointStops", { url }), ask("endpointGone")],
                            confirm: ask("endpointConfirm"),
                            keep: ask("keep"),
                          }}
                          answers={answers}
                          said={t("ended")}
                        />
                      )
                    : null
                }
              />
            ) : (
              <Empty title={t("noEndpoint")}>
                <p>{t("noEndpointNote")}</p>
              </Empty>
            )}
          </section>
          {mayChange && (
            <section aria-labelledby="new-endpoint">
              <h2 id="new-endpoint" className="mb-1 font-semibold text-lg">
                {t("newEndpoint")}
              </h2>
              <p className="mb-4 text-ink-soft text-sm">{t("newEndpointNote")}</p>
              <NewEndpointForm
                action={addEndpoint}
                texts={{
                  url: t("url"),
                  note: t("note"),
                  submit: t("register"),
                  secretTitle: t("secretTitle"),
                  secretNote: t("secretNote"),
                  answers,
                }}
              />
            </section>
          )}
        </div>
        <section aria-labelledby="log">
          <h2 id="log" className="mb-3 font-semibold text-lg">
            {t("log")}
          </h2>
          {deliveries.length > 0 ? (
            <DeliveryLog
              deliveries={deliveries}
              replay={
                mayReplay
                  ? ({ customer, id }) => (
                      <ActionForm
                        action={replayDelivery}
                        isMinor
                        hidden={{ customerId: customer.id, deliveryId: id }}
                        fields={[]}
                        submit={t("replay")}
                        answers={answers}
                        said={t("replayed")}
                      />
                    )
                  : null
              }
            />
          ) : (
            <Empty title={t("noDelivery")} />
          )}
        </section>
      </div>
    </StaffFrame>
  );
}
