import { expect, test } from "vitest";
import viteConfig from "../../vite.config.ts";

type Tag = Readonly<{ attrs: Readonly<Record<string, string>>; injectTo: string }>;
type Named = Readonly<{ name: string; transformIndexHtml?: () => readonly Tag[] }>;

const { plugins = [] } = viteConfig({ command: "build", mode: "production" });
const ours = (plugins as readonly unknown[]).flat() as readonly Named[];
const [tag] = ours.find(({ name }) => name === "content-security-policy")?.transformIndexHtml?.() ?? [];

/** What each directive of the built page's policy permits. */
const policy = Object.fromEntries(
  (tag?.attrs["content"] ?? "").split("; ").map((directive) => {
    const [name = "", ...sources] = directive.split(" ");
    return [name, sources];
  }),
);

test("the policy stands before all that it is for", () => {
  expect(tag).toMatchObject({ attrs: { "http-equiv": "Content-Security-Policy" }, injectTo: "head-prepend" });
});

test("the page runs scripts of its own host alone, and none that is made of text", () => {
  expect(policy).toMatchObject({
    "default-src": ["'none'"],
    "script-src": ["'self'"],
    "worker-src": ["'self'"],
    "base-uri": ["'none'"],
    "require-trusted-types-for": ["'script'"],
  });
});

test("requests go to the page's own host and to huggingface.co, and nothing is taken from elsewhere", () => {
  const { "connect-src": asked, "require-trusted-types-for": _, ...rest } = policy;
  expect(asked).toEqual(["'self'", "https://huggingface.co"]);
  expect(rest["form-action"]).toEqual(["'none'"]);
  // Pictures are drawn by the page itself, too.
  expect(new Set(Object.values(rest).flat())).toEqual(new Set(["'none'", "'self'", "data:", "blob:"]));
  expect(rest["img-src"]).toEqual(["'self'", "data:", "blob:"]);
});
