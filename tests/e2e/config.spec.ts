import { openBox } from "./controls.ts";
import { expect, linkOf, test } from "./headroom.ts";

test("an error in a config.json is said with its line and what was expected there, and the model stays", async ({
  page,
  open,
}) => {
  await open("?v=1&model=qwen2.5-7b");
  const { box, field } = await openBox(page);
  for (const [config, said] of [
    [
      '{\n  "model_type": "llama",\n  "hidden_size": 4096\n  "vocab_size": 32000\n}',
      'Line 4: This is not JSON. Column 3: a comma or } was expected, not "vocab_size".',
    ],
    [
      '{\n  "model_type": "llama",\n  "hidden_size": "big"\n}',
      'Line 3: Column 18: a whole number was expected for hidden_size, not "big"; it is left out.',
    ],
  ] as const) {
    await field.fill(config);
    await box.getByRole("button", { name: "Read", exact: true }).click();
    await expect(box.getByRole("listitem").filter({ hasText: said })).toBeVisible();
    await expect(box.getByText("The scenario is what it was.")).toBeVisible();
    await expect(field).toHaveValue(config);
  }
  expect(linkOf(page)["model"]).toBe("qwen2.5-7b");
});
