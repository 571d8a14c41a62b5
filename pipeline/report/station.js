"use strict";
(() => {
  const $ = id => document.getElementById(id), all = (what, at = document) => [...at.querySelectorAll(what)];
  const data = JSON.parse($("data").textContent), root = document.documentElement, media = $("media");
  const TAGS = {zh: "zh-CN", en: "en", uig: "ug"}, CODES = {zh: "zho", en: "eng", uig: "uig"};
  const keep = (name, value) => { try { localStorage.setItem("showcase." + name, value); } catch { /* none from a disk */ } };
  const kept = name => { try { return localStorage.getItem("showcase." + name); } catch { return null; } };
  root.classList.add("js");

  let language = "zh", chosen = false;
  const called = number => data.words[language].page.replace("{number}", number);
  function speak(to, by_hand) {
    language = to in TAGS ? to : "zh";
    root.lang = TAGS[language];
    root.dir = language === "uig" ? "rtl" : "ltr";
    for (const item of all("[data-w]")) item.textContent = data.words[language][item.dataset.w];
    for (const item of all("[data-zh]")) item.textContent = language === "en" && item.dataset.en || item.dataset.zh;
    for (const item of all("[data-page]")) item.textContent = called(item.dataset.page);
    for (const item of all("[data-language]")) item.setAttribute("aria-pressed", item.dataset.language === language);
    for (const item of all("a[data-here]")) item.hash = "lang=" + language;
    if (by_hand) keep("language", language);
    if (media && !chosen) {
      const own = CODES[language];
      subtitle(own !== data.language && data.subtitles.some(item => item.language === own) ? own : "");
    }
    if (media) show(page);
  }

  const tracks = {};
  function subtitle(code) {
    for (const [name, track] of Object.entries(tracks)) track.mode = name === code && !data.sound ? "showing" : "hidden";
    for (const item of all("[data-subtitle]")) item.setAttribute("aria-pressed", item.dataset.subtitle === code);
    if (data.sound) {
      for (const [name, track] of Object.entries(tracks)) track.oncuechange = name === code ? () => caption(track) : null;
      $("caption").hidden = !code;
      if (code) caption(tracks[code]);
    }
  }
  function caption(track) {
    const shown = [...track.activeCues || []];
    $("caption").dir = "auto";
    $("caption").textContent = "";
    $("caption").append(...shown.map(cue => cue.getCueAsHTML()));
  }

  let page = 1, follow = true;
  const pages = data.pages || [];
  function show(number) {
    if (!pages.length) return;
    page = Math.min(Math.max(number, 1), pages.length);
    for (const item of [$("slide"), $("large")]) {
      if (item.getAttribute("src") !== pages[page - 1]) item.src = pages[page - 1];
      item.alt = called(page);
    }
    for (const item of all("output")) item.textContent = page + " / " + pages.length;
    for (const item of all("[data-turn]")) item.disabled = item.dataset.turn < 0 ? page === 1 : page === pages.length;
  }
  function following(to) {
    follow = to;
    if ($("follow")) $("follow").checked = to;
    if (to) at();
  }
  function at() {
    const now = media.currentTime + 0.02;
    if (follow && data.times.length) show((data.times.filter(item => item[0] <= now).pop() || data.times[0])[1]);
    const past = data.chapters.filter(item => item <= now).length - 1;
    for (const item of all("[data-at]")) item.classList.toggle("now", Number(item.dataset.number) === past);
  }

  const other = new Audio();
  let dubbed = false;
  function sound(source) {
    for (const item of all("[data-sound]")) item.setAttribute("aria-pressed", item.dataset.sound === source);
    if (data.sound) {
      const was = media.currentTime, played = !media.paused;
      media.src = source || data.main;
      media.currentTime = was;
      if (played) media.play();
      return;
    }
    dubbed = source !== "";
    media.muted = dubbed;
    if (!dubbed) { other.pause(); return; }
    other.src = source;
    other.currentTime = media.currentTime;
    other.volume = media.volume;
    if (!media.paused) other.play();
  }

  function begin() {
    for (const item of data.subtitles) {
      const track = media.addTextTrack("subtitles", item.name, item.tag);
      for (const [start, end, text, where] of item.cues) {
        const cue = new VTTCue(start, end, text);
        if (where === "top") cue.line = 0;
        if (where === "vertical") cue.vertical = "lr";
        track.addCue(cue);
      }
      track.mode = "hidden";
      tracks[item.language] = track;
    }
    for (const name of ["timeupdate", "seeking", "seeked", "loadedmetadata"]) media.addEventListener(name, at);
    media.addEventListener("play", () => dubbed && other.play());
    media.addEventListener("pause", () => other.pause());
    media.addEventListener("seeking", () => { if (dubbed) other.currentTime = media.currentTime; });
    media.addEventListener("ratechange", () => { other.playbackRate = media.playbackRate; });
    media.addEventListener("volumechange", () => { other.volume = media.volume; });
    media.addEventListener("timeupdate", () => {
      if (dubbed && Math.abs(other.currentTime - media.currentTime) > 0.25) other.currentTime = media.currentTime;
    });
    for (const item of all("[data-at]")) item.addEventListener("click", event => {
      event.preventDefault();
      following(true);
      media.currentTime = Number(item.dataset.at);
      media.play();
    });
    for (const item of all("[data-subtitle]")) item.addEventListener("click", () => {
      chosen = true;
      subtitle(item.dataset.subtitle);
    });
    for (const item of all("[data-sound]")) item.addEventListener("click", () => sound(item.dataset.sound));
    if (!pages.length) return;
    const turn = by => { following(false); show(page + by); };
    for (const item of all("[data-turn]")) item.addEventListener("click", () => turn(Number(item.dataset.turn)));
    if ($("follow")) $("follow").addEventListener("change", () => following($("follow").checked));
    for (const item of [$("enlarge"), $("open")]) item.addEventListener("click", () => $("view").showModal());
    for (const item of [$("large"), $("close")]) item.addEventListener("click", () => $("view").close());
    document.addEventListener("keydown", event => {
      if (event.target === media || /^(INPUT|AUDIO|VIDEO)$/.test(event.target.tagName)) return;
      const ahead = root.dir === "rtl" ? "ArrowLeft" : "ArrowRight", behind = root.dir === "rtl" ? "ArrowRight" : "ArrowLeft";
      if (event.key === ahead || event.key === "PageDown") turn(1);
      else if (event.key === behind || event.key === "PageUp") turn(-1);
      else return;
      event.preventDefault();
    });
    following(data.times.length > 0);
    show(1);
  }

  if (media) begin();
  for (const item of all("[data-language]")) item.addEventListener("click", () => speak(item.dataset.language, true));
  const asked = /(?:^|[#&])lang=(\w+)/.exec(location.hash);
  speak(asked ? asked[1] : kept("language") || "zh", false);
})();
