import { test } from "./headroom.ts";
import { lookThrough } from "./looks/look-through.ts";
import { DIALOG_VIEWS } from "./views/dialog-views.ts";
import { EMBED_VIEWS } from "./views/embed-views.ts";
import { PAGE_VIEWS } from "./views/page-views.ts";

// Nothing is looked at halfway from one color to another, or while it still opens.
test.use({ contextOptions: { reducedMotion: "reduce" } });

for (const view of [...PAGE_VIEWS, ...DIALOG_VIEWS, ...EMBED_VIEWS])
  test(`every look at ${view.name} finds nothing`, async ({ page, open }) => {
    // A dozen looks at one load.
    test.slow();
    await page.setViewportSize({ width: view.width ?? 1440, height: 900 });
    await open(view.link);
    await lookThrough(page, view);
  });
