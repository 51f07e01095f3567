import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { answerTexts } from "@/app/(auth)/answers";
import { demoChoice } from "@/app/(auth)/demo-choice";
import { SignInForm } from "@/components/sign-in/sign-in-form";
import { TextLink } from "@/components/ui/text-link";
import { safeCallbackPath } from "@/lib/auth/callback-path";
import { currentUser } from "@/lib/auth/current";
import { currentHost } from "@/lib/auth/host";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("signIn"))("title") };
}

interface SignInPageProps {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export default async function SignInPage({ searchParams }: SignInPageProps) {
  const callbackPath = safeCallbackPath((await searchParams).callbackUrl);
  if (await currentUser()) redirect(callbackPath);
  const t = await getTranslations("signIn");
  return (
    <>
      <h1 className="font-semibold text-2xl tracking-tight">
        {t("heading", { host: (await currentHost()).name })}
      </h1>
      <SignInForm
        callbackPath={callbackPath}
        texts={{ email: t("email"), password: t("password"), submit: t("submit") }}
        answers={await answerTexts()}
        demo={await demoChoice("portal")}
      >
        <p>
          <TextLink href="/reset">{t("forgotten")}</TextLink>
        </p>
      </SignInForm>
    </>
  );
}
