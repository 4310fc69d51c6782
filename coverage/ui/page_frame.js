// What Streamlit cannot do for a page: tell its language, and keep the way back right.

const { pushState, replaceState } = history;
let returning = false; // the reader came back, and the page does not show it yet
let told = false;
const here = () => location.pathname + location.search;
let shown = here();

if (!history.dekkend) {
    history.dekkend = true;
    addEventListener("popstate", () => {
        if (here() === shown) return; // a link within the page
        shown = here();
        returning = true;
        told = false;
    });
    history.pushState = function (state, title, url) {
        const target = new URL(url ?? "", location.href);
        // The menu leads to a bare address, where the choices of this one hold too.
        if (target.pathname !== location.pathname && !target.search) {
            target.search = location.search;
        }
        // A page that is not yet what its address says must not write another address.
        if (returning || target.href === location.href) return;
        pushState.call(history, state, title, target.href);
        shown = here();
    };
    history.replaceState = function (...what) {
        if (returning) return;
        replaceState.apply(history, what);
        shown = here();
    };
}

export default function ({ data, setTriggerValue }) {
    // Streamlit fixes lang="en", and a screen reader would pronounce Dutch as English.
    document.documentElement.lang = data.language;
    if (!returning) return;
    if (!told) {
        told = true;
        setTriggerValue("returned", location.search);
    } else if (data.returned) {
        returning = false;
    }
}
