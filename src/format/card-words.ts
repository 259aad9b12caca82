import { formatCount } from "./count.ts";
import { indefiniteArticle } from "./indefinite-article.ts";

const NBSP = "\u00a0";

/** One or several cards by name: "an RTX 4090", "4 × H100". */
export const cardWords = (name: string, gpus: number): string =>
  gpus > 1 ? `${formatCount(gpus)}${NBSP}×${NBSP}${name}` : `${indefiniteArticle(name)} ${name}`;
