import type { ReactElement } from "react";
import type { QuotedGroup } from "#charts/QuotedChart.tsx";
import { late } from "#ui/late.tsx";
import styles from "./QuotedFigure.module.css";

/** Recharts, apart from the tables, which have no need of it. */
const QuotedChart = late(async () => (await import("#charts/QuotedChart.tsx")).QuotedChart).Part;

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
