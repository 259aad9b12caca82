import { describe, expect, it } from "vitest";
import { asCode, inMarkdown } from "#package/check-reports.ts";
import { AXOLOTL } from "./training-files.ts";
import { runCheck } from "./check/run-check.ts";

const FILE = { "train.yaml": AXOLOTL };
const OVER = ["train.yaml", "--gpu", "rtx-3060-12gb"] as const;

/** Values and a field that would colour a terminal, turn the writing round, and command a runner of GitHub Actions. */
const COMMANDING = AXOLOTL.replace("optimizer: adamw_torch", 'optimizer: "adamw\\n::stop-commands::x\\e[31m"')
  .replace("base_model: ", 'base_model: "evil/\\r::error::\\u202E" #')
  .concat('"lora\\n::warning::y": 3\n');

describe.each(["plain", "markdown", "junit"])("as %s", (format) => {
  it("no value of a file begins a line, or is obeyed by a terminal", async () => {
    const { text } = await runCheck({ "train.yaml": COMMANDING }, "train.yaml", "--gpu", "l4", "--format", format);
    expect(text).toContain("::stop-commands::x");
    expect(text).not.toMatch(/^ *::/m);
    expect(text).not.toMatch(/(?!\n)[\p{Cc}\u202E]/u);
  });
});

describe("markdown", () => {
  it("says verdict, parts, what to change first and the link, in this order", async () => {
    const { text } = await runCheck(
      FILE,
      ...OVER,
      "--format",
      "markdown",
      "--page",
      "https://example.org/headroom/?x#y",
    );
    const places = [
      /^### `train\.yaml` does not fit$/m,
      /^QLoRA of Llama 3\.1 8B does not fit /m,
      /^\| Base weights \| 5\.3 \|$/m,
      /^\| Needed on the card \| \d+\.\d \|$/m,
      /^\*\*What to change first:\*\* .+; \[the changed scenario\]\(https:\/\/example\.org\/headroom\/\?v=1&\S+\)$/m,
      /^\[The scenario\]\(https:\/\/example\.org\/headroom\/\?v=1&\S+\)$/m,
    ].map((line) => text.search(line));
    expect(places).not.toContain(-1);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
  });

  it("shows what a file wrote as what it is, never as markup", async () => {
    const files = { "train.yaml": AXOLOTL.replace("optimizer: adamw_torch", 'optimizer: "`<b>@all</b>` | ![](x)"') };
    const { code, text } = await runCheck(files, "train.yaml", "--gpu", "h100-sxm", "--format", "markdown");
    expect(code).toBe(3);
    expect(text).not.toMatch(/^[^`]*<b>/m);
    expect(text).toContain(
      "`` train.yaml:10 optimizer: `<b>@all</b>` │ ![](x) ``".replace("`` ", "``").replace(" ``", "``"),
    );
  });

  it.each([
    ["plain", "`plain`"],
    ["a `b` c", "``a `b` c``"],
    ["`b`", "`` `b` ``"],
    ["a\nb | c", "`a b │ c`"],
  ])("code of %j is %j", (text, code) => {
    expect(asCode(text)).toBe(code);
  });

  it("a sentence keeps its signs and tells nobody", () => {
    expect(inMarkdown("*a* [b](c) <d> @all")).toBe("\\*a\\* \\[b\\]\\(c\\) \\<d\\> @\u200Ball");
  });
});

describe("junit", () => {
  it("has a test case for each run, which fails where it does not fit", async () => {
    const files = { ...FILE, "b&<c>.yaml": AXOLOTL.replace("4096", "512") };
    const { code, text } = await runCheck(
      files,
      "train.yaml",
      "b&<c>.yaml",
      "--gpu",
      "rtx-3060-12gb",
      "--format",
      "junit",
    );
    expect(code).toBe(1);
    expect(text).toContain('<testsuite name="headroom" tests="2" failures="1" errors="0" skipped="0">');
    expect(text).toContain('name="b&amp;&lt;c&gt;.yaml"');
    expect(text).toMatch(/<failure type="over" message="QLoRA of Llama 3\.1 8B does not fit [^"<]*">/);
    expect(text).toMatch(/<system-out>QLoRA of Llama 3\.1 8B (fits|may not fit) /);
  });

  it("fails where it may not fit, unless that is allowed", async () => {
    const args = ["train.yaml", "--gpu", "rtx-4090", "?used=2.7", "--format", "junit"];
    const { code, text } = await runCheck(FILE, ...args);
    expect(code).toBe(4);
    expect(text).toContain('tests="1" failures="1" errors="0"');
    expect(text).toMatch(/<failure type="tight" message="QLoRA of Llama 3\.1 8B may not fit [^"<]*">/);
    const allowed = await runCheck(FILE, ...args, "--allow-tight");
    expect(allowed.code).toBe(0);
    expect(allowed.text).toMatch(/failures="0"[\s\S]*<system-out>QLoRA of Llama 3\.1 8B may not fit /);
  });

  it("is an error where it is not known", async () => {
    const files = { "train.yaml": AXOLOTL.replace("adamw_torch", '"\\u0001<shampoo>"') };
    const { code, text } = await runCheck(files, "train.yaml", "--gpu", "h100-sxm", "--format", "junit");
    expect(code).toBe(3);
    expect(text).toContain('errors="1"');
    expect(text).toMatch(/<error type="not-known" message="Not known: [^"<]*">/);
    expect(text).toContain("&lt;shampoo&gt;");
    expect(text).not.toContain("\u0001");
  });
});

describe("plain", () => {
  it("says what was assumed, and how many fields nobody knows", async () => {
    const files = { "train.yaml": `${AXOLOTL.replace(/^sequence_len.*\n/m, "")}our_own_field: 1\n` };
    const { text } = await runCheck(files, "train.yaml", "--gpu", "h100-sxm");
    expect(text).toContain("~ seq=512  (Axolotl's default (");
    expect(text).toContain("~ 1 field is not known here and not counted");
  });

  it("says that no card was named, where none was", async () => {
    const note = "No card was named: --gpu names one. It is held against GeForce RTX 4090.";
    const { text } = await runCheck(FILE, "train.yaml");
    expect(text).toContain(`! ${note}`);
    expect(text).not.toContain("No file names a card");
    expect((await runCheck(FILE, "train.yaml", "--gpu", "rtx-4090")).text).not.toContain("No card was named");
    expect((await runCheck(FILE, "train.yaml", "--format", "markdown")).text).toContain("No card was named");
  });

  it("says how to make it fit", async () => {
    const { text } = await runCheck(FILE, ...OVER);
    expect(text).toMatch(/^ {2}To make it fit: .+\n {2}\?v=1&/m);
  });
});
