// Runs before the first paint, as a classic script: sets the theme, and says whether the answer drawn in the page is the one that
// the link asks for. When it is not, the page stays blank until the real one is drawn, instead of showing another scenario's figures;
// where the scripts cannot be loaded (a sandboxed frame, from a host that lets nobody else load them), it is shown after all, and says so.
(function () {
  var root = document.documentElement;
  var link = new URLSearchParams(location.search);
  var embed = link.get("embed") === "1";
  // The build names the chunks here that reading a link takes, and then drawing the embed, or what the page shows right after its first chunk.
  var forLink = [];
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
  /** Beside the first script, not after it. */
  function fetchNow(chunk) {
    var preload = document.createElement("link");
    preload.rel = "modulepreload";
    preload.href = chunk;
    document.head.append(preload);
  }
  function isOfScenario(key) {
    return key !== "v" && key !== "theme";
  }
  function stay(event) {
    if (!(event.target instanceof HTMLScriptElement)) return;
    delete root.dataset.scripts;
    delete root.dataset.answer;
  }

  setTheme();
  root.dataset.scripts = "";
  if (embed) root.dataset.embed = "";
  if (Array.from(link.keys()).some(isOfScenario)) {
    root.dataset.answer = "other";
    forLink.concat(embed ? forEmbed : forPage).forEach(fetchNow);
  }
  addEventListener("error", stay, true);
})();
