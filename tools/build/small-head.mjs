/**
 * The page with a head that takes fewer bytes and says the same: an embed fetches it too. The rest of the page is React's and stays as it is.
 *
 * @param {string} html
 */
export const withSmallHead = (html) => {
  const end = html.indexOf("</head>");
  if (end === -1) throw new Error("index.html has no head.");
  const head = html
    .slice(0, end)
    .replaceAll(/>\s+</g, "><")
    .replaceAll(/\s+/g, " ")
    .replaceAll(" />", ">")
    // Attributes stand in double quotes.
    .replaceAll("&#39;", "'")
    .trimEnd();
  return head + html.slice(end);
};
