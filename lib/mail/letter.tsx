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
  readonly rows: readonly LetterRow[];
  readonly link: NamedLink;
  readonly furtherLinks: readonly NamedLink[];
  /** May have several lines. */
  readonly note: string;
  readonly copyLink: string;
  readonly from: string;
}

/** An invoice or a service in a few words, with its amount at the end of the line; "" where there is none. */
export interface LetterRow {
  readonly title: string;
  readonly detail: string;
  readonly amount: string;
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
  rows,
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
          {rows.length > 0 && <Rows rows={rows} />}
          <Text style={sentence}>
            <Button href={link.url} style={button}>
              {link.label}
            </Button>
          </Text>
          {furtherLinks.map(({ label, url }) => (
            <Text key={url} style={small}>
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

function Rows({ rows }: Pick<LetterParts, "rows">) {
  return (
    <table role="presentation" width="100%" cellPadding={0} cellSpacing={0} style={table}>
      <tbody>
        {rows.map(({ title, detail, amount }) => (
          <tr key={`${title} ${detail}`}>
            <td style={cell}>
              <Text style={rowTitle}>{title}</Text>
              {detail !== "" && <Text style={rowDetail}>{detail}</Text>}
            </td>
            <td align="right" valign="top" style={{ ...cell, paddingLeft: 12 }}>
              <Text style={rowAmount}>{amount}</Text>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

// No colour but the button's: whatever is said in one is unreadable in somebody's light or dark mode.
const table: CSSProperties = { borderCollapse: "collapse", marginBottom: 20 };
const cell: CSSProperties = { borderTopStyle: "solid", borderTopWidth: 1, padding: "10px 0" };
const rowTitle: CSSProperties = {
  margin: 0,
  fontSize: 16,
  lineHeight: 1.4,
  fontWeight: 600,
  overflowWrap: "anywhere",
};
const rowDetail: CSSProperties = {
  margin: 0,
  fontSize: 13,
  lineHeight: 1.5,
  opacity: 0.75,
  whiteSpace: "pre-line",
};
const rowAmount: CSSProperties = {
  margin: 0,
  fontSize: 16,
  lineHeight: 1.4,
  whiteSpace: "nowrap",
  fontVariantNumeric: "tabular-nums",
};
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
  display: "block",
  padding: "14px 20px",
  textAlign: "center",
  borderRadius: 6,
  background: "#1f4fd1",
  color: "#ffffff",
  fontWeight: 600,
};
