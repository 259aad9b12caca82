/** `owner/repository`, a commit perhaps, and the path of a file perhaps. */
const REPOSITORY = /^([\w-]+\/[\w.-]+?)(?:@(\w+))?(?: ([\w./-]+\.(?:md|csv|mdx|jsonl)))?(?=[ ,;]|$)/;

/** `owner/repository PR #1`, `owner/repository issue #1`. */
const THREAD = /^([\w-]+\/[\w.-]+) (PR|issue) #(\d+)/;

/** The address of a source that is named by its repository; a host's own name is an address already. */
export const sourceUrl = (source: string): string => {
  const [, repositoryOf, kind, number] = THREAD.exec(source) ?? [];
  if (repositoryOf !== undefined)
    return `https://github.com/${repositoryOf}/${kind === "PR" ? "pull" : "issues"}/${number}`;
  const [, repository, commit = "HEAD", path] = REPOSITORY.exec(source) ?? [];
  if (repository === undefined || source.startsWith("docs.")) return `https://${source.split(" ")[0] ?? ""}`;
  return path === undefined
    ? `https://github.com/${repository}`
    : `https://github.com/${repository}/blob/${commit}/${path}`;
};
