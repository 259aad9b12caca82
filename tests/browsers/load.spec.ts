import { eventually, expect, test } from "./headroom.ts";

test("the page comes, is taken over, and answers a link", async ({ person }) => {
  await person.open("?v=1&model=qwen2.5-7b&gpu=h100-sxm&r=32");
  expect(await person.text("h1")).toMatch(/^On an H100/);
  expect(await person.text("aside")).toContain("Qwen2.5 7B");
  await person.click(["header button", "^Theme"]);
  expect(
    await eventually(
      () => person.text("header"),
      (text) => text.includes("Theme: light"),
    ),
  ).toContain("Compare");
});
