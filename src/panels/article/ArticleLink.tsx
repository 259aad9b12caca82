import type { ReactElement } from "react";
import { QUOTED_ARTICLE } from "#catalog/quoted-article.ts";

/** The article that is quoted: by its title, or by other words where that stands nearby. */
export const ArticleLink = ({ children = QUOTED_ARTICLE.title }: Readonly<{ children?: string }>): ReactElement => (
  <a href={QUOTED_ARTICLE.url} title={QUOTED_ARTICLE.title} target="_blank" rel="noopener noreferrer">
    {children}
  </a>
);
