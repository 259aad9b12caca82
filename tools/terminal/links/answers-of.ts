import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import type { LinkAnswer } from "./link-answer.ts";

const ANSWER_LINKS = "tools/terminal/links/answer-links.mjs";

/**
 * What the sources in a folder answer to links, one by one.
 *
 * @throws Error when they cannot be built, or do not answer every link
 */
export const answersOf = async (folder: string, links: readonly string[]): Promise<readonly LinkAnswer[]> => {
  const child = spawn(process.execPath, [ANSWER_LINKS, folder], { stdio: "pipe" });
  // A child that ends before it has read everything says why in its complaints.
  child.stdin.on("error", () => {});
  child.stdin.end(JSON.stringify(links));
  const [printed, complaints] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const answers = printed.split("\n").filter((line) => line !== "");
  if (answers.length !== links.length)
    throw new Error(`The sources in ${folder} answered ${answers.length} of ${links.length} links. ${complaints}`);
  return answers.map((line) => JSON.parse(line) as LinkAnswer);
};
