import { Body } from "@react-email/body";
import { Button } from "@react-email/button";
import { Container } from "@react-email/container";
import { Head } from "@react-email/head";
import { Html } from "@react-email/html";
import { Link } from "@react-email/link";
import { render } from "@react-email/render";
import { Text } from "@react-email/text";
import type { CSSProperties } from "react";

/** The sentences and links of a mail, in the order in which they are read; the subject is its title. */
export interface LetterParts {
  /** The language they are in, as a BCP 47 tag. */
  readonly language: string;
  readonly subject: string;
  readonly greeting: string;
  readonly intro: string;
  readonly link: NamedLink;
  readonly furtherLinks: readonly NamedLink[];
  /** May have several lines. */
  readonly note: string;
  readonly copyLink: string;
  readonly from: string;
}

export interface NamedLink {
  readonly label: string;
  readonly url: string;
}

/** The HTML of a mail. React escapes every text in it; what it may look like, mail programs decide that know dark mode. */
export async function letterHtml(parts: LetterParts): Promise<string> {
  return render(<Letter {...parts} />);
}

function Letter({
  language,
  subject,
  greeting,
  intro,
  link,
  furtherLinks,
  note,
  copyLink,
  from,
}: LetterParts) {
  return (
    <Html lang={language}>
      <Head>
        <meta name="viewport" content="width=device-width" />
        <meta name="color-scheme" content="light dark" />
        <meta name="supported-color-schemes" content="light dark" />
        <title>{subject}</title>
      </Head>
      <Body lang={language} style={page}>
        <Container style={column}>
          <Text style={sentence}>{greeting}</Text>
          <Text style={sentence}>{intro}</Text>
          <Text style={sentence}>
            <Button href={link.url} style={button}>
              {link.label}
            </Button>
          </Text>
          {furtherLinks.map(({ label, url }) => (
            <Text key={url} style={sentence}>
              <Link href={url} style={plainLink}>
                {label}
              </Link>
            </Text>
          ))}
          <Text style={{ ...sentence, whiteSpace: "pre-line" }}>{note}</Text>
          <Text style={small}>
            {copyLink}
            <br />
            <Link href={link.url} style={{ ...plainLink, wordBreak: "break-all" }}>
              {link.url}
            </Link>
          </Text>
          <Text style={small}>{from}</Text>
        </Container>
      </Body>
    </Html>
  );
}

// No colour but the button's: whatever is said in one is unreadable in somebody's light or dark mode.
const page: CSSProperties = {
  margin: 0,
  padding: 24,
  fontFamily: "system-ui, -apple-system, 'Segoe UI', sans-serif",
};
const column: CSSProperties = { maxWidth: 560 };
const sentence: CSSProperties = { fontSize: 16, lineHeight: 1.5 };
const small: CSSProperties = { fontSize: 13, lineHeight: 1.5, opacity: 0.75 };
const plainLink: CSSProperties = { color: undefined, textDecorationLine: undefined };
const button: CSSProperties = {
  padding: "12px 20px",
  borderRadius: 6,
  background: "#1f4fd1",
  color: "#ffffff",
  fontWeight: 600,
};
