import { eventually, expect, test } from "./headroom.ts";
import { servePage } from "./served.ts";

test("without a network the page comes again, answers new links and opens what it never had open", async ({
  person,
}) => {
  person.needs("offline");
  const site = await servePage();
  const { tab } = person;
  await tab.go(`${site.url}?v=1&r=8`);
  await eventually(
    () =>
      tab.run(async () => {
        const { active } = await navigator.serviceWorker.ready;
        return active?.state === "activated" && navigator.serviceWorker.controller !== null;
      }, null),
    Boolean,
  );
  // The host is gone, as it is where there is no network.
  await site.close();
  await tab.go(`${site.url}?v=1&model=qwen2.5-7b&gpu=h100-sxm&r=32`);
  const verdict = await eventually(
    () => person.text("#verdict h1"),
    (text) => text.startsWith("On an H100"),
  );
  await person.click(["aside button", "^Model"]);
  await person.type("smollm");
  await eventually(
    () => tab.run(() => driven.all("[role=option]", "(?i:smollm)|SmolLM").length, null),
    (count) => count > 0,
  );
  await person.press("Escape");
  await eventually(
    () =>
      tab.run(() => {
        document.querySelector("#sweep, #fits")?.scrollIntoView();
        return document.querySelector("#fits table") !== null;
      }, null),
    Boolean,
  );
  await tab.reload();
  expect(
    await eventually(
      () => person.text("#verdict h1"),
      (text) => text.startsWith("On an H100"),
    ),
  ).toBe(verdict);
  await person.same(verdict);
});
