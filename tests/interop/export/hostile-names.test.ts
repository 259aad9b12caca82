import { describe, expect, test } from "vitest";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { badgeMarkdown, badgeOf } from "#interop/badge.ts";
import { exportFiles } from "#interop/export/export-files.ts";
import { EXPORT_TOOLS } from "#interop/export/export-tools.ts";
import { hashComment } from "#interop/export/file-text.ts";
import { measureCallback } from "#interop/measure/measure-callback.ts";
import { measureScript } from "#interop/measure/measure-script.ts";
import { decodeLink } from "#scenario/choices/decode-link.ts";
import { toAnswer } from "#scenario/choices/to-answer.ts";

/** What ends the line, runs a program, and begins a comment, as a link writes it. */
const HOSTILE = "~a~import~20~os~3b~os~2e~system~28~~27~id~27~~29~~23~~d~~2028~id~23~";

const SHAPE = "h256.f688.l4.a4.k4.d64.v4096.t0";

/** Of a link that somebody else made: the type of its architecture. */
const LINK = `?v=1&model=custom&arch=llama${HOSTILE}.${SHAPE}`;
const { value: choices } = decodeLink(LINK, FULL_CATALOG);
const RUN = /^\s*(?:import os;|id#)/m;

describe("a name that ends its line", () => {
  test("is in the link that is tried", () => {
    expect(choices.model).toMatchObject({
      architecture: { model_type: "llama\nimport os;os.system('id')#\r\u2028id#" },
    });
  });

  test.each(EXPORT_TOOLS)("is no line of a file of %s", (tool) => {
    // A type that nobody knows has no file; the sentence that says so is one line.
    const { files, left } = exportFiles(tool, choices, FULL_CATALOG);
    expect({ files, left }).toEqual({ files: [], left: [expect.not.stringMatching(/[\n\r\u2028]/)] });
    const named = decodeLink(`?v=1&model=custom&arch=llama.${SHAPE}.act:silu${HOSTILE}`, FULL_CATALOG).value;
    const written = exportFiles(tool, named, FULL_CATALOG).files;
    expect(written.length).toBeGreaterThan(0);
    for (const { text } of written) expect(text).not.toMatch(RUN);
  });

  test("is no line of the callback that measures, of a badge's Markdown, or of what the model is called", () => {
    const callback = measureCallback(choices, FULL_CATALOG);
    expect(callback).toMatchObject({ text: null, refused: [expect.not.stringMatching(/[\n\r\u2028]/)] });
    const answer = toAnswer(choices, FULL_CATALOG);
    const badge = badgeOf(answer, "chosen");
    expect(badge && badgeMarkdown(badge, null)).not.toMatch(/\n/);
    expect(answer.model.name).toBe("Custom llama\uFFFDimport os;os.system('id')#\uFFFD\uFFFDid#");
  });

  test("is no line of the script that measures, as a type or as an activation", () => {
    const ofType = measureScript(choices, FULL_CATALOG);
    expect(ofType).toMatchObject({ text: null, refused: [expect.not.stringMatching(/[\n\r\u2028]/)] });
    const named = decodeLink(`?v=1&model=custom&arch=llama.${SHAPE}.act:silu${HOSTILE}`, FULL_CATALOG);
    expect(named.value.model).toMatchObject({
      architecture: { model_type: "llama", hidden_act: "silu\nimport os;os.system('id')#\r\u2028id#" },
    });
    const { text } = measureScript(named.value, FULL_CATALOG);
    expect(text).toContain("torch.cuda.reset_peak_memory_stats()");
    expect(text).not.toMatch(RUN);
  });

  test("is no line of a comment, whoever writes it", () => {
    const [line = ""] = hashComment(["a\nb\r\nc\u2028d\u0085e\ff\vg"]);
    expect(line).toBe("# a b c d e f g");
  });
});
