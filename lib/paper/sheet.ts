import PDFDocument from "pdfkit";
import { encode } from "uqr";
import type { Weight } from "./faces";
import { type Line, linesOf } from "./lines";
import type { Run } from "./runs";

/** A4, all lengths in points. */
export const page = { width: 595, height: 842, left: 50, right: 545, top: 50, bottom: 776 } as const;

const inks = {
  ink: "#1a1f2b",
  soft: "#5a6372",
  accent: "#1f4fd1",
  good: "#17663a",
  rule: "#cfd4dc",
} as const;

export interface Look {
  size?: number;
  weight?: Weight;
  ink?: keyof typeof inks;
  align?: "left" | "right";
}

/** What a cell says: paragraphs below each other. */
export interface Paragraph extends Look {
  text: string;
}

export interface Column {
  title: string;
  width: number;
  align?: "left" | "right";
}

export interface SheetFacts {
  title: string;
  author: string;
  /** BCP 47, as readers and screen readers want it. */
  language: string;
  createdAt: Date;
  /** At the foot of page `page` of `pages`. */
  footer: (page: number, pages: number) => string;
}

const normalSize = 9;
/** Enough for letters with marks above and below, in every script. */
const leading = 1.5;
const cellGap = 10;

/** A paper that is written from top to bottom, and goes on on a next page by itself. Nothing in a text is markup. */
export class Sheet {
  private readonly doc: PDFKit.PDFDocument;
  private readonly chunks: Buffer[] = [];
  private readonly ended: Promise<void>;
  private readonly widths = new Map<string, number>();
  private readonly registered = new Set<string>();
  y: number = page.top;

  constructor(private readonly facts: SheetFacts) {
    const { title, author, language, createdAt } = facts;
    this.doc = new PDFDocument({
      size: [page.width, page.height],
      margin: 0,
      bufferPages: true,
      lang: language,
      displayTitle: true,
      pdfVersion: "1.7",
      // Otherwise a font of its own is opened, which no text is written in.
      font: "",
      info: { Title: title, Author: author, Creator: "Mallard", CreationDate: createdAt },
    });
    this.doc.on("data", (chunk: Buffer) => this.chunks.push(chunk));
    this.ended = new Promise((resolve) => this.doc.on("end", resolve));
  }

  /** Writes paragraphs below each other at `x`, from the current height on, and goes on below them. */
  write(x: number, width: number, paragraphs: readonly Paragraph[]): void {
    for (const paragraph of paragraphs) {
      for (const line of this.lines(paragraph, width)) {
        const height = heightOf(paragraph);
        if (this.y + height > page.bottom) this.nextPage();
        this.draw(line, x, width, this.y, paragraph);
        this.y += height;
      }
    }
  }

  /** Blocks side by side; goes on below the highest. They are kept on one page if one page can hold them. */
  beside(blocks: readonly { x: number; width: number; paragraphs: readonly Paragraph[] }[]): void {
    const height = Math.max(...blocks.map(({ width, paragraphs }) => this.heightOf(paragraphs, width)));
    this.keepTogether(height);
    const top = this.y;
    let bottom = top;
    for (const { x, width, paragraphs } of blocks) {
      this.y = top;
      this.write(x, width, paragraphs);
      bottom = Math.max(bottom, this.y);
    }
    this.y = bottom;
  }

  /** A new page if less than this is left. */
  keepTogether(height: number): void {
    if (this.y + height > page.bottom && this.y > page.top) this.nextPage();
  }

  rule(): void {
    this.line(inks.rule, 0.7);
  }

  /**
   * Rows with the names of their columns, which come again on each page. A row stays on one page if one can hold it.
   * Lets others have the process after each page: a long paper is many milliseconds of work.
   */
  async table(columns: readonly Column[], rows: Iterable<readonly (readonly Paragraph[])[]>): Promise<void> {
    const head = () => this.tableHead(columns);
    head();
    for (const cells of rows) {
      const laid = placed(columns).map(({ width, align = "left" }, index) =>
        (cells[index] ?? []).flatMap((paragraph) =>
          this.lines(paragraph, width).map((line) => ({ line, look: { align, ...paragraph } })),
        ),
      );
      const height = Math.max(
        ...laid.map((lines) => lines.reduce((sum, { look }) => sum + heightOf(look), 0)),
      );
      if (this.y + height + cellGap > page.bottom && height < page.bottom - page.top - 60) {
        await this.nextTurn();
        head();
      }
      await this.tableRow(columns, laid, head);
    }
  }

  /** A square of `size` at the right edge, from the current height down, that a telephone reads. */
  qrCode(text: string, x: number, size: number): void {
    const { data } = encode(text, { ecc: "M", border: 0 });
    const unit = size / data.length;
    for (const [row, modules] of data.entries()) {
      for (const [column, isDark] of modules.entries()) {
        if (isDark) this.doc.rect(x + column * unit, this.y + row * unit, unit + 0.05, unit + 0.05);
      }
    }
    this.doc.fill(inks.ink);
  }

  link(x: number, y: number, width: number, height: number, url: string): void {
    this.doc.link(x, y, width, height, url);
  }

  /** A PNG or JPEG within the box; false if it is neither. */
  image(content: Buffer, x: number, width: number, height: number): boolean {
    try {
      this.doc.image(content, x, this.y, { fit: [width, height] });
      return true;
    } catch {
      return false;
    }
  }

  /** The finished document, with a footer on each page. */
  async finish(): Promise<Uint8Array> {
    const { count } = this.doc.bufferedPageRange();
    for (let index = 0; index < count; index++) {
      this.doc.switchToPage(index);
      const look: Look = { size: 7.5, ink: "soft" };
      const [line] = this.lines(
        { ...look, text: this.facts.footer(index + 1, count) },
        page.right - page.left,
      );
      if (line) this.draw(line, page.left, page.right - page.left, page.bottom + 20, look);
    }
    this.doc.end();
    await this.ended;
    return Buffer.concat(this.chunks);
  }

  heightOf(paragraphs: readonly Paragraph[], width: number): number {
    return paragraphs.reduce(
      (sum, paragraph) => sum + this.lines(paragraph, width).length * heightOf(paragraph),
      0,
    );
  }

  private tableHead(columns: readonly Column[]): void {
    const look: Look = { size: 7.5, weight: 700, ink: "soft" };
    this.beside(
      placed(columns).map(({ x, width, title, align = "left" }) => ({
        x,
        width,
        paragraphs: [{ ...look, align, text: title }],
      })),
    );
    this.y += 2;
    this.line(inks.ink, 0.7);
    this.y += 4;
  }

  private async tableRow(
    columns: readonly Column[],
    laid: readonly { line: Line; look: Look }[][],
    head: () => void,
  ): Promise<void> {
    const most = Math.max(...laid.map((lines) => lines.length));
    for (let index = 0; index < most; index++) {
      const height = Math.max(...laid.map((lines) => heightOf(lines[index]?.look ?? { size: 0 })));
      if (this.y + height > page.bottom) {
        await this.nextTurn();
        head();
      }
      for (const [column, { x, width }] of placed(columns).entries()) {
        const cell = laid[column]?.[index];
        if (cell) this.draw(cell.line, x, width, this.y, cell.look);
      }
      this.y += height;
    }
    this.y += 3;
    this.rule();
    this.y += 4;
  }

  private async nextTurn(): Promise<void> {
    this.nextPage();
    await new Promise((resolve) => setImmediate(resolve));
  }

  private nextPage(): void {
    this.doc.addPage();
    this.y = page.top;
  }

  private line(color: string, thickness: number): void {
    this.doc.moveTo(page.left, this.y).lineTo(page.right, this.y).lineWidth(thickness).stroke(color);
  }

  private lines({ text, size = normalSize, weight = 400 }: Paragraph, width: number): Line[] {
    return linesOf(text, width, weight, (run) => this.measure(run, size));
  }

  private draw(line: Line, x: number, width: number, y: number, look: Look): void {
    const { size = normalSize, ink = "ink", align = "left" } = look;
    let at = align === "right" ? x + width - line.width : x;
    const baseline = y + size * 1.12;
    for (const run of line.runs) {
      this.use(run, size);
      this.doc.fillColor(inks[ink]).text(run.text, at, baseline, { ...asRun(run), baseline: "alphabetic" });
      at += run.width;
    }
  }

  private measure(run: Run, size: number): number {
    const key = `${run.face.name} ${run.text}`;
    const known = this.widths.get(key);
    if (known !== undefined) return known * size;
    this.use(run, 1);
    const width = this.doc.widthOfString(run.text, asRun(run));
    this.widths.set(key, width);
    return width * size;
  }

  private use({ face }: Run, size: number): void {
    if (!this.registered.has(face.name)) {
      // It takes opened fonts as well, which its types do not tell yet.
      this.doc.registerFont(face.name, face.font as unknown as Buffer);
      this.registered.add(face.name);
    }
    this.doc.font(face.name).fontSize(size);
  }
}

/** With features named, be it none, a run is shaped whole: word by word, those of Arabic would come in the wrong order. */
function asRun({ level }: Run): PDFKit.Mixins.TextOptions {
  return level % 2 === 1 ? { lineBreak: false, features: [] } : { lineBreak: false };
}

function heightOf({ size = normalSize }: Look): number {
  return size * leading;
}

/** Columns with where they begin, and how wide a text in them may be: the last one goes to the edge. */
function placed(columns: readonly Column[]): (Column & { x: number })[] {
  let x = page.left;
  return columns.map((column, index) => {
    const isLast = index === columns.length - 1;
    const at = { ...column, x, width: isLast ? column.width : column.width - cellGap };
    x += column.width;
    return at;
  });
}
