// A page that has moved: lead on with the anchor, or the case, that the address holds.
location.replace(document.querySelector("main a").href + location.hash);
