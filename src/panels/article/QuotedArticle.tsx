// Tables and charts quoted from the article, and the link to it.

import type { ReactElement, ReactNode } from "react";
import styles from "./QuotedArticle.module.css";
import type { QuotedGroup } from "#charts/QuotedChart.tsx";
import { latePart } from "#ui/late-parts.tsx";
import { QUOTED_ARTICLE } from "#catalog/stacks/article.ts";

/** A row: its heading, then a cell for each further column. */
export type QuotedRow = readonly [heading: string, ...cells: ReactNode[]];

type QuotedProps = Readonly<{
  /** What the table shows; for those who hear it. */
  label: string;
  head: readonly string[];
  /** The first cell of a row is its heading. */
  rows: readonly QuotedRow[];
  /** Columns whose figures are the article's, and not this tool's. */
  quoted: readonly number[];
  /** Columns that are sentences. */
  words?: readonly number[];
  /** Whether the engine's figures are those of the present scenario. */
  fresh?: boolean;
}>;

const classOf = (index: number, { quoted, words = [] }: QuotedProps): string | undefined => {
  if (words.includes(index)) return styles.words;
  return quoted.includes(index) ? styles.quoted : undefined;
};

/** A table in which the article's figures stand beside others: grey, and named as quoted in their heading. */
export const QuotedTable = (props: QuotedProps): ReactElement => (
  <section className={styles.scroll} aria-label={props.label} aria-busy={props.fresh === false} tabIndex={0}>
    <table className={styles.table}>
      <thead>
        <tr>
          {props.head.map((text, index) => (
            <th key={text} scope="col" className={classOf(index, props)}>
              {text}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {props.rows.map(([heading, ...cells], row) => (
          <tr key={`${heading} ${row}`}>
            <th scope="row">{heading}</th>
            {cells.map((cell, index) => (
              <td key={props.head[index + 1]} className={classOf(index + 1, props)}>
                {cell}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  </section>
);

/** Recharts, apart from the tables, which have no need of it. */
const QuotedChart = latePart(async () => (await import("#charts/QuotedChart.tsx")).QuotedChart).Part;

const HEIGHT = 200;

type QuotedFigureProps = Readonly<{ title: string; names: readonly string[]; groups: readonly QuotedGroup[] }>;

/** The article's figures as bars; the same numbers stand in the table below. */
export const QuotedFigure = ({ title, names, groups }: QuotedFigureProps): ReactElement => (
  <figure className={styles.figure}>
    <div className={styles.chart}>
      <QuotedChart names={names} groups={groups} height={HEIGHT} />
    </div>
    <figcaption>
      {title} Quoted from the article{names.length > 1 ? `; bars from left to right: ${names.join(", ")}` : ""}.
    </figcaption>
  </figure>
);

/** The article that is quoted: by its title, or by other words where that stands nearby. */
export const ArticleLink = ({ children = QUOTED_ARTICLE.title }: Readonly<{ children?: string }>): ReactElement => (
  <a href={QUOTED_ARTICLE.url} title={QUOTED_ARTICLE.title} target="_blank" rel="noopener noreferrer">
    {children}
  </a>
);
