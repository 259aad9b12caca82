import { expect, it } from "vitest";
import { textTable } from "#package/terminal-text.ts";

it("labels stand left, numbers right under each other", () => {
  const rows = textTable([
    ["GiB", "Full", "LoRA"],
    ["Base weights", "15.0", "1,204"],
    ["", "fits", ""],
  ]);
  expect(rows).toEqual(["GiB           Full   LoRA", "Base weights  15.0  1,204", "              fits"]);
});
