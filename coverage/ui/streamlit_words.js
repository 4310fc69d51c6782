// Streamlit names its own buttons in English. Here they get the language of the page: a screen
// reader would read English names with a Dutch voice, and so make nothing of them. For the same
// reader its menu becomes one list again, and its calendar no head of the page.

const NAMES = ["aria-label", "aria-valuetext", "placeholder", "alt"];
const OURS = ".coverage-map, .coverage-grid, .coverage-panel, .coverage-scroll";
const TEXTS = ["#root > a", "a[href='#stMain']", "[data-testid=InputInstructions]", "[role=option]",
    "[data-testid=stFileUploaderDropzone]", "[data-testid=stFileUploaderFile]", "[data-testid=stFileChip]",
    "[data-testid=stDataFrameColumnMenu]", "[data-testid=stTooltipContent]",
    "[data-testid=stDateInputCalendar]", "[data-testid=stDateInputField]"].join();

let words = {};
const before = new WeakMap(); // of an element or a text: what Streamlit wrote, and what we made of it

const translated = (text) => {
    if (Object.hasOwn(words, text)) return words[text];
    for (const [theirs, ours] of Object.entries(words)) {
        const [start, end] = theirs.split("{name}");
        if (end === undefined || !text.startsWith(start) || !text.endsWith(end)) continue;
        const name = text.slice(start.length, text.length - end.length);
        if (name) return ours.replace("{name}", () => name);
    }
    return text;
};

const change = (key, name, now, write) => {
    const known = before.get(key) ?? {};
    const [source, ours] = known[name] ?? [];
    const theirs = now === ours ? source : now; // what is not ours, Streamlit has written anew
    const wanted = translated(theirs);
    known[name] = [theirs, wanted];
    before.set(key, known);
    if (wanted !== now) write(wanted);
};

const pass = () => {
    for (const one of document.querySelectorAll(NAMES.map((name) => `[${name}]`).join())) {
        if (one.closest(OURS)) continue;
        for (const name of NAMES) {
            const now = one.getAttribute(name);
            if (now) change(one, name, now, (text) => one.setAttribute(name, text));
        }
    }
    for (const one of document.querySelectorAll(TEXTS)) {
        const walk = document.createTreeWalker(one, NodeFilter.SHOW_TEXT);
        for (let at = walk.nextNode(); at; at = walk.nextNode()) {
            const text = at;
            change(text, "text", text.data, (ours) => { text.data = ours; });
        }
    }
};

const mend = () => {
    for (const one of document.querySelectorAll("[data-testid=stDateInputCalendar] header")) {
        one.role = "none";
    }
    // On a telephone a group of pages is a <div> in the <ul>, and the pages are in that.
    for (const one of document.querySelectorAll("[data-testid=stSidebarNavItems] > div")) {
        one.role = "listitem";
        for (const page of one.querySelectorAll(":scope > li")) page.role = "none";
    }
};

let waiting = false;
const soon = () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
        waiting = false;
        pass();
        mend();
    });
};

let watch;

export default function ({ data }) {
    words = data.words;
    soon();
    watch ??= new MutationObserver(soon);
    watch.observe(document.body, {
        subtree: true, childList: true, attributes: true, attributeFilter: NAMES,
    });
}
