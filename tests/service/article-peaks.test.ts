import { expect, it } from "vitest";
import { ARTICLE_MEMORY } from "#advice/article/memory.ts";
import { runThrough } from "#advice/run-through.ts";
import { POPULAR_CATALOG } from "#catalog/popular-catalog.ts";
import { articlePeaks } from "#service/answers/article-peaks.ts";

const peaks = (batch: number, seq: number) => runThrough(articlePeaks({ batch, seq }, POPULAR_CATALOG));

it("the article's rule gives 12 bytes for each parameter whatever the batch; a step grows with it", () => {
  const [small, large] = [peaks(1, 512), peaks(4, 2048)];
  expect(small.rows.map(({ rule }) => rule.full)).toEqual(ARTICLE_MEMORY.map(({ params }) => 12 * params));
  expect(large.rows.map(({ rule }) => rule)).toEqual(small.rows.map(({ rule }) => rule));
  large.rows.forEach(({ step }, index) => expect(step.lora).toBeGreaterThan(small.rows[index]?.step.lora ?? 0));
  expect(large).toMatchObject({ batch: 4, seq: 2048 });
});
