import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import type { LinkAnswer } from "./link-answer.ts";

const ANSWER_LINKS = "tools/terminal/links/answer-links.mjs";

/** The lines of a stream; each is told when it has come. */
const linesOf = async (stream: NodeJS.ReadableStream, tell: () => void): Promise<readonly string[]> => {
  const lines: string[] = [];
  for await (const line of createInterface({ input: stream })) {
    lines.push(line);
    tell();
  }
  return lines;
};

/**
 * What the sources in a folder answer to links, one by one.
 *
 * @param tell is called with each answer that has come
 * @throws Error when they cannot be built, or do not answer every link
 */
export const answersOf = async (
  folder: string,
  links: readonly string[],
  tell: () => void = () => {},
): Promise<readonly LinkAnswer[]> => {
  const child = spawn(process.execPath, [ANSWER_LINKS, folder], { stdio: "pipe" });
  // A child that ends before it has read everything says why in its complaints.
  child.stdin.on("error", () => {});
  child.stdin.end(JSON.stringify(links));
  const [answers, complaints] = await Promise.all([linesOf(child.stdout, tell), text(child.stderr)]);
  if (answers.length !== links.length)
    throw new Error(`The sources in ${folder} answered ${answers.length} of ${links.length} links. ${complaints}`);
  return answers.map((line) => JSON.parse(line) as LinkAnswer);
};
