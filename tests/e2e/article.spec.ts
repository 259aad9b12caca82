import AxeBuilder from "@axe-core/playwright";
import { expect, test } from "./headroom.ts";

for (const theme of ["light", "dark"] as const)
  test(`axe finds nothing in the article's figures, ${theme}, and they are as wide as a phone's window`, async ({
    page,
    open,
  }) => {
    await page.setViewportSize({ width: 390, height: 844 });
    await open(`?v=1&theme=${theme}#article`);
    const dialog = page.getByRole("dialog", { name: "The article’s figures" });
    await expect(dialog.getByRole("row", { name: /^70B QLoRA A6000/ })).toContainText("48 GB");
    const { violations } = await new AxeBuilder({ page }).include("dialog").analyze();
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`)).toEqual([]);
    expect(await dialog.evaluate((element) => element.scrollWidth - element.clientWidth)).toBeLessThanOrEqual(0);
  });
