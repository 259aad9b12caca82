// Runs before the first paint, as a classic script: sets the theme, says whether the answer drawn in the page is the one that the link asks for, and
// runs the first script once the page is painted; until that one has taken the drawn answer over or has drawn the page anew, holds what is pressed or
// moved in what is seen, for `app/redo-touches.ts` to do again. When it is another one, only what is the same in every scenario is seen until the
// real one is drawn, instead of another scenario's figures; where the scripts cannot be loaded (a sandboxed frame, from a host that lets nobody else
// load them), the drawn one is shown after all, and says what it is. For an answer that is not drawn it starts the engine's worker, so that the
// engine is loaded beside the first script and not after it.
(function () {
  var root = document.documentElement;
  var link = new URLSearchParams(location.search);
  var embed = link.get("embed") === "1";
  // The build names the first script here, the engine's worker, the styles of what comes late, and the chunks that drawing the embed takes, or what the
  // page shows right after its first chunk. (The development server runs the first script itself.)
  var entry = "";
  var worker = "";
  var lateStyles = "";
  var forEmbed = [];
  var forPage = [];

  function kept() {
    try {
      return localStorage.getItem("headroom-theme") || "";
    } catch {
      return ""; // storage is blocked, as in a sandboxed frame
    }
  }
  function setTheme() {
    var asked = (link.get("theme") || "").toLowerCase();
    var theme = asked === "light" || asked === "dark" || embed ? asked : kept();
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
  }
  /** Adds a `<link>` to the head. */
  function linkTo(rel, href) {
    var added = document.createElement("link");
    added.rel = rel;
    added.href = href;
    document.head.append(added);
    return added;
  }
  /** Beside the first script, not after it. */
  function fetchNow(chunk) {
    linkTo("modulepreload", chunk);
  }
  function isOfScenario(key) {
    return key !== "v" && key !== "theme" && key !== "embed";
  }
  /** Instead of being taken over as it is drawn. */
  function isDrawnAnew() {
    return embed || root.dataset.answer;
  }
  /** Other parts than those drawn, in other places. */
  function isOfParts(key) {
    return /^(show|only|hide|lock)$/.test(key);
  }
  /**
   * Links work by themselves, summaries and what opens a menu too in a page that is going to be taken over; and so do the keys that move the focus, press
   * buttons and write. Of another scenario's page only the header is there to be pressed.
   */
  function isHeld(event) {
    var on = event.target;
    if (root.dataset.answer && !on.closest("header")) return false;
    if (event.type !== "keydown") return !on.closest(isDrawnAnew() ? "a" : "a,summary,[popovertarget]");
    if (event.ctrlKey || event.metaKey || event.altKey) return false;
    // A number's field steps with the arrows, and is read with Enter.
    if (on.closest("[role=spinbutton]")) return /^(ArrowUp|ArrowDown|Home|Enter)$/.test(event.key);
    return on.closest("[type=range],[aria-haspopup]") && /^(Arrow|Page|Home|End|\S$)/.test(event.key);
  }
  var held = [];
  function hold(event) {
    if (isHeld(event)) {
      event.preventDefault();
      held.push(event);
    }
  }
  /** `change`: addEventListener or removeEventListener. */
  function holding(change) {
    change("click", hold, true);
    change("input", hold, true);
    change("keydown", hold, true);
  }
  /** `scenario/page/engine.ts` takes it over. Where no worker can be had, the page finds that out by itself. */
  function startEngine() {
    try {
      var types = window.trustedTypes;
      var rules = { createScriptURL: String };
      var address = types ? types.createPolicy("headroom-boot", rules).createScriptURL(worker) : worker;
      window.engineWorker = new Worker(address, { type: "module" });
      window.engineWorker.onerror = function () {
        delete window.engineWorker;
      };
    } catch {
      // a frame without an origin of its own has no workers
    }
  }
  /** The scripts do not run here: what is drawn is shown, and says so. */
  function stay() {
    holding(removeEventListener);
    delete root.dataset.scripts;
    delete root.dataset.answer;
  }
  /** By its whole address: in a frame without an origin of its own a script does not know where it came from. */
  function run() {
    import(new URL(entry, document.baseURI).href).catch(stay);
  }
  /** No part that comes late stands in the page without its styles; the embed has none at first, and does not wait. */
  function start() {
    var styles = linkTo("stylesheet", lateStyles);
    if (embed) run();
    else styles.onload = styles.onerror = run;
  }
  /** What is drawn is painted first. A page in the background is not painted before it is looked at. */
  function startOncePainted() {
    if (isDrawnAnew() || document.hidden) start();
    else
      requestAnimationFrame(function () {
        setTimeout(start);
      });
  }

  /** What is drawn is another answer than the link asks for, or in another place. */
  function markDrawn() {
    var keys = Array.from(link.keys());
    if (embed) root.dataset.embed = "";
    if (keys.some(isOfScenario)) root.dataset.answer = "other";
    if (keys.some(isOfParts)) root.dataset.answer = "blank";
  }
  /** What the link's answer takes is fetched at once, where the drawn one is not right; what is done to what is seen is held. */
  function prepare() {
    if (isDrawnAnew()) {
      startEngine();
      (embed ? forEmbed : forPage).forEach(fetchNow);
    }
    window.early = { held: held, hold: hold, holding: holding };
    holding(addEventListener);
    addEventListener("DOMContentLoaded", startOncePainted);
  }

  setTheme();
  root.dataset.scripts = "";
  markDrawn();
  if (entry) prepare();
})();
