/** One line, without what ranks, drawings of tracebacks and terminals put between words. */
export const inOneLine = (text: string): string =>
  text
    .replaceAll(/\[rank\d{1,5}\]:?/gi, " ")
    .replaceAll(/[\u2500-\u257F]/g, " ")
    .replaceAll(/\s{1,200}/g, " ")
    .replaceAll(/ {2,200}/g, " ");
