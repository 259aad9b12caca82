import { type ReactElement, useMemo } from "react";
import { QUOTED_ARTICLE } from "#catalog/quoted-article.ts";
import { useFullCatalog } from "#panels/advice/use-full-catalog.ts";
import { useSettledAnswer } from "#panels/answer/use-settled-answer.ts";
import { ArticleLink } from "./ArticleLink.tsx";
import styles from "./ArticleView.module.css";
import { MemoryTable } from "./MemoryTable.tsx";
import { Quality } from "./Quality.tsx";
import { SmallestGpus } from "./SmallestGpus.tsx";
import { Speed } from "./Speed.tsx";

/** What the article prints, quoted, beside what the engine says: all of it that is not about the choice of a method, rank or modules. */
export const ArticleView = (): ReactElement => {
  useFullCatalog();
  const { batch, seq } = useSettledAnswer().choices;
  const at = useMemo(() => ({ batch, seq }), [batch, seq]);
  return (
    <div className={styles.view}>
      <p>
        <ArticleLink />, by the {QUOTED_ARTICLE.by}, {QUOTED_ARTICLE.published}, compares the three methods. Its figures
        are quoted as it prints them, in grey, and are never this tool’s own. This tool computes memory alone: there is
        nothing to hold the article’s quality, speed and gains of target modules against here.
      </p>
      <p>
        What it says of methods, ranks, target modules and serving stands under <a href="#guide">Guidance</a>, beside
        this scenario.
      </p>
      <h3>Memory by model size</h3>
      <MemoryTable at={at} />
      <h3>Smallest GPUs</h3>
      <SmallestGpus at={at} />
      <h3>Speed by GPU</h3>
      <Speed at={at} />
      <h3>Quality by method</h3>
      <Quality />
    </div>
  );
};
