// npm run hosting: the built page from nginx, by the recipe hosting/nginx.conf, at the root of a host and in a folder: headers, a browser, and the host gone.
import { readCommandLine } from "./command-line.mjs";
import { holdHeaders } from "./host-headers.mjs";
import { embedElsewhere, openThenLeave } from "./hosted-page.mjs";
import { findNginx, serveWithNginx } from "./nginx-host.mjs";
import { launchBrowser, serveBuild } from "./serve-build.mjs";

readCommandLine(`Usage: npm run hosting

Builds the page, serves it with nginx by hosting/nginx.conf, and looks at headers, at the page in a browser with and without the host, and at an embed. Ends in
"N passed, N failed", with 0, 1 where something failed, or 2 where there is no nginx.`);

const nginx = findNginx();
if (nginx === null) {
  console.error("There is no nginx here. Debian's is nginx-light.");
  process.exit(2);
}

let passed = 0;
let failed = 0;
/** @param {string} name @param {readonly string[]} wrong */
const say = (name, wrong) => {
  if (wrong.length === 0) passed += 1;
  else failed += 1;
  console.log(
    [`${wrong.length === 0 ? "ok    " : "FAILED"}  ${name}`, ...wrong.map((line) => `        ${line}`)].join("\n"),
  );
};

const { dist, close } = await serveBuild();
const browser = await launchBrowser();

/** @param {string} folder of the host, in which the page stands */
const look = async (folder) => {
  const host = await serveWithNginx(nginx, dist);
  const url = `${host.url}${folder}`;
  try {
    for (const { path, wrong, seen } of await holdHeaders(url, dist)) say(`/${folder}${path}: ${seen}`, wrong);
    const embed = await embedElsewhere(browser, url);
    say(`/${folder} in a sandboxed frame of another site: ${embed.online}`, embed.noise);
    if (folder !== "") {
      const { status, headers } = await fetch(`${url.slice(0, -1)}?v=1&r=8`, { redirect: "manual" });
      const seen = `${status} ${headers.get("location")}`;
      say(`/headroom?v=1&r=8: ${seen}`, seen === `301 /${folder}?v=1&r=8` ? [] : ["the link is lost on the way"]);
    }
    const { online, offline, noise } = await openThenLeave(browser, url, host.leave);
    say(`/${folder} in a browser: ${online}`, noise);
    say(`/${folder} with the host gone: ${offline}`, online === offline ? [] : ["another answer than with it"]);
  } catch (error) {
    say(`/${folder}`, [error instanceof Error ? error.message : String(error)]);
  } finally {
    await host.close();
  }
};

await look("");
await look("headroom/");
await browser.close();
await close();
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
