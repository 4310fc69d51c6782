// The map of the app. Python says what to show; this only draws it and reports clicks.
// Whatever comes from a file is put in as text, never as HTML.

const SVG = "http://www.w3.org/2000/svg";
const views = new WeakMap();

/** Scripts, styles and boundaries come from the app's own server, once a page. */
const fetched = new Map();
const once = (address, load) => {
    if (!fetched.has(address)) {
        fetched.set(address, load(address).catch((error) => {
            fetched.delete(address);
            throw error;
        }));
    }
    return fetched.get(address);
};

// The folder of the app, also behind a proxy with a path of its own.
const root = () => {
    const script = document.querySelector('script[src*="static/js/"]');
    return script ? script.src.split("static/js/")[0] : new URL(".", document.baseURI).href;
};

const script = (address) => once(address, () => new Promise((resolve, reject) => {
    const element = document.createElement("script");
    element.src = address;
    element.onload = resolve;
    element.onerror = () => reject(new Error(address));
    document.head.append(element);
}));

const style = (address) => once(address, () => new Promise((resolve, reject) => {
    const element = document.createElement("link");
    element.rel = "stylesheet";
    element.href = address;
    element.onload = resolve;
    element.onerror = () => reject(new Error(address));
    document.head.append(element);
}));

const json = (address) => once(address, async () => {
    const answer = await fetch(address);
    if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
    return answer.json();
});

const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

class View {
    constructor(parent, leaflet) {
        this.L = leaflet;
        this.parent = parent;
        this.data = {};
        this.layers = new Map();
        this.frame = parent.querySelector(".coverage-map") ?? this.build(parent);
    }

    build(parent) {
        const frame = document.createElement("div");
        frame.className = "coverage-map";
        parent.replaceChildren(frame);
        return frame;
    }

    start(data) {
        const { L } = this;
        const map = L.map(this.frame, {
            attributionControl: false,
            // One finger must be able to scroll past the map on a telephone.
            dragging: !L.Browser.mobile,
            scrollWheelZoom: false,
            zoomControl: false,
            zoomSnap: 0.25,
            minZoom: 6,
            maxZoom: 13,
        });
        this.map = map;
        this.frame.leafletMap = map; // for who looks at the page with other tools
        this.frame.role = "region";
        map.createPane("outlines").style.zIndex = 450;
        this.zoom = L.control.zoom({
            position: "bottomright",
            zoomInTitle: data.texts.zoom_in,
            zoomOutTitle: data.texts.zoom_out,
        }).addTo(map);
        // Until the reader takes over, the view follows the size of the frame.
        for (const kind of ["pointerdown", "keydown", "wheel"]) {
            this.frame.addEventListener(kind, () => { this.touched = true; }, { passive: true });
        }
        map.on("zoomend moveend", () => this.name());
        this.watch = new ResizeObserver(() => {
            map.invalidateSize(false);
            if (!this.touched) this.look(false);
        });
        this.watch.observe(this.frame);
        // Paper has a width of its own, and Leaflet draws for the one that it knows.
        this.printing = [
            ["beforeprint", () => this.resize("17cm")],
            ["afterprint", () => this.resize("")],
        ];
        for (const [moment, fit] of this.printing) window.addEventListener(moment, fit);
    }

    resize(width) {
        this.frame.style.width = width;
        this.map.invalidateSize(false);
        if (!this.touched) this.look(false);
    }

    look(animate = true) {
        this.map.fitBounds(this.data.corners, { padding: [8, 8], animate });
    }

    update(data, shapes, send) {
        const before = this.data;
        this.data = data;
        this.send = send;
        if (!this.map) this.start(data);
        if (!same(before.view, data.view)) {
            this.touched = false;
            this.look(before.view !== undefined);
        }
        this.say(data);
        if (before.shapes !== data.shapes) this.draw(shapes);
        this.paint(data);
        this.background(data.base_map, before.base_map);
        this.outline(data, before);
        if (!same(before.locations, data.locations)) this.locate(data);
        this.mark(data.example);
        this.frame.dataset.painted = data.painted;
    }

    say({ label, described_by, texts }) {
        this.frame.ariaLabel = label;
        this.frame.setAttribute("aria-describedby", described_by);
        for (const [name, text] of [["in", texts.zoom_in], ["out", texts.zoom_out]]) {
            const button = this.frame.querySelector(`.leaflet-control-zoom-${name}`);
            button.title = text;
            button.ariaLabel = text;
        }
    }

    draw(shapes) {
        this.polygons?.remove();
        this.layers.clear();
        this.polygons = this.L.geoJSON(shapes, {
            smoothFactor: 0, // Leaflet would simplify each polygon alone and open gaps
            style: { weight: 1, fillOpacity: 1, className: "municipality" },
            onEachFeature: (feature, layer) => {
                const { code } = feature.properties;
                this.layers.set(code, layer);
                layer.on("click", () => {
                    // What is outside the region cannot be chosen.
                    if (this.data.inside?.includes(code) ?? true) this.send("municipality", code);
                });
                layer.bindTooltip(() => this.tip(feature.properties), {
                    sticky: true, className: "municipality-tip",
                });
                layer.on("mouseover", () => layer.setStyle({ weight: 3 }));
                layer.on("mouseout", () => layer.setStyle({ weight: 1 }));
            },
        }).addTo(this.map);
        this.codes = shapes.features.map((feature) => feature.properties.code);
        for (const layer of this.layers.values()) {
            const path = layer.getElement();
            // Hundreds of stops for who walks the page by keyboard: the list reaches them all.
            path.setAttribute("tabindex", "-1");
            path.setAttribute("aria-hidden", "true");
        }
    }

    tip({ code, name }) {
        const box = document.createElement("div");
        const title = document.createElement("b");
        title.textContent = name;
        const words = document.createElement("div");
        words.textContent = this.data.words[this.data.rows[code]];
        box.append(title, words);
        return box;
    }

    paint({ colours, fills, inside, base_map }) {
        this.hatch(colours);
        this.data.rows = Object.fromEntries(this.codes.map((code, row) => [code, row]));
        const chosen = inside && new Set(inside);
        this.codes.forEach((code, row) => {
            const [colour, hatched] = colours[fills[row]];
            const layer = this.layers.get(code);
            const away = chosen !== null && !chosen.has(code);
            const path = layer.getElement();
            const fill = hatched ? `url(#hatch-${colour.slice(1)})` : colour;
            const opacity = away ? 0.18 : (base_map ? 0.72 : 1);
            const border = hatched ? colour : "#ffffff";
            const painted = `${fill} ${opacity} ${border}`;
            if (layer.painted === painted) return;
            layer.painted = painted;
            layer.setStyle({ fillColor: fill, fillOpacity: opacity, color: border,
                opacity: away ? 0.3 : 1 });
            path.classList.toggle("outside-region", away);
        });
    }

    // Hatches of the colours that are in use, for fill="url(#...)".
    hatch(colours) {
        const drawing = this.map.getPane("overlayPane").querySelector("svg");
        if (!drawing) return;
        let defs = drawing.querySelector("defs");
        if (!defs) drawing.prepend(defs = document.createElementNS(SVG, "defs"));
        for (const [colour] of colours.filter(([, hatched]) => hatched)) {
            const id = `hatch-${colour.slice(1)}`;
            if (defs.querySelector(`#${id}`)) continue;
            const pattern = document.createElementNS(SVG, "pattern");
            pattern.id = id;
            for (const [name, value] of Object.entries({ width: 6, height: 6,
                patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" })) {
                pattern.setAttribute(name, value);
            }
            for (const [width, fill] of [[6, colour], [2, "#ffffff"]]) {
                const stripe = document.createElementNS(SVG, "rect");
                stripe.setAttribute("width", width);
                stripe.setAttribute("height", 6);
                stripe.setAttribute("fill", fill);
                pattern.append(stripe);
            }
            defs.append(pattern);
        }
    }

    background(wanted, before) {
        if (same(wanted, before)) return;
        this.tiles?.remove();
        this.credit?.remove();
        this.tiles = this.credit = undefined;
        if (!wanted) return;
        this.tiles = this.L.tileLayer(wanted.address, { minZoom: 6, maxZoom: 13,
            referrerPolicy: "no-referrer" }).addTo(this.map);
        this.credit = this.L.control.attribution({ prefix: false, position: "bottomleft" })
            .addTo(this.map);
        this.credit.addAttribution(this.text(wanted.credit));
        let failed = false;
        this.tiles.on("tileerror", () => {
            if (failed) return;
            failed = true;
            this.credit?.addAttribution(this.text(wanted.failed));
        });
    }

    text(words) {
        const box = document.createElement("span");
        box.textContent = words;
        return box.innerHTML;
    }

    outline(data, before) {
        const lines = [
            ["region", data.region, [["region-outline", 1.5]]],
            ["area", data.area, [["casing", 7], ["service-area", 3.5]]],
            ["selected", data.selected, [["casing", 6], ["selected-municipality", 3]]],
        ];
        this.lines ??= {};
        for (const [name, wanted, strokes] of lines) {
            if (same(wanted, before[name]) && before.shapes === data.shapes) continue;
            (this.lines[name] ?? []).forEach((line) => line.remove());
            const shape = name === "selected"
                ? wanted && this.layers.get(wanted)?.toGeoJSON() : wanted;
            this.lines[name] = !shape ? [] : strokes.map(([className, weight]) =>
                this.L.geoJSON(shape, { pane: "outlines", interactive: false, smoothFactor: 0,
                    style: { className, weight, fill: false } }).addTo(this.map));
        }
    }

    locate({ locations, texts }) {
        this.markers?.remove();
        this.markers = undefined;
        if (!locations) return;
        this.markers = this.L.markerClusterGroup({
            animate: !matchMedia("(prefers-reduced-motion: reduce)").matches,
            showCoverageOnHover: false,
            maxClusterRadius: 38,
            iconCreateFunction: (cluster) => {
                const count = cluster.getChildCount();
                return this.pin(String(count), texts.locations.replace("{count}", count));
            },
        });
        for (const { at, title, lines, offer } of locations) {
            const marker = this.L.marker(at, { icon: this.pin("", title), alt: title, title });
            marker.bindPopup(() => this.card(title, lines), { maxWidth: 280 });
            if (offer) marker.on("click", () => this.send("offer", offer));
            this.markers.addLayer(marker);
        }
        // Leaflet names a button by its picture; these have none.
        this.markers.on("add animationend", () => this.name());
        this.markers.addTo(this.map);
        this.name();
    }

    pin(count, name) {
        const html = document.createElement("span");
        html.textContent = count;
        html.dataset.name = name;
        return this.L.divIcon({ html, className: count ? "offer-cluster" : "offer-pin",
            iconSize: count ? [28, 28] : [16, 16] });
    }

    name() {
        requestAnimationFrame(() => this.frame
            .querySelectorAll(".offer-cluster, .offer-pin").forEach((icon) => {
                icon.setAttribute("role", "button");
                icon.ariaLabel = icon.querySelector("[data-name]")?.dataset.name ?? "";
            }));
    }

    card(title, lines) {
        const box = document.createElement("div");
        const head = document.createElement("b");
        head.textContent = title;
        box.append(head);
        for (const line of lines) {
            const row = document.createElement("div");
            row.textContent = line;
            box.append(row);
        }
        return box;
    }

    mark(words) {
        let mark = this.frame.querySelector(".example-mark");
        if (!words) return mark?.remove();
        if (!mark) {
            mark = document.createElement("div");
            mark.className = "example-mark";
            mark.role = "note";
            this.frame.append(mark);
        }
        mark.textContent = words;
    }

    end() {
        this.watch?.disconnect();
        for (const [moment, fit] of this.printing ?? []) window.removeEventListener(moment, fit);
        this.map?.remove();
    }
}

export default function ({ parentElement, data, setTriggerValue }) {
    const folder = root();
    const waiting = { data, setTriggerValue };
    const known = views.get(parentElement);
    if (known) Object.assign(known, waiting);
    const mine = known ?? { ...waiting };
    views.set(parentElement, mine);
    const show = async () => {
        await Promise.all(data.styles.map((address) => style(folder + address)));
        for (const address of data.scripts) await script(folder + address);
        const shapes = await json(folder + data.shapes);
        if (mine.data !== data || !parentElement.isConnected) return; // there is newer
        mine.view ??= new View(parentElement, window.L);
        mine.view.update(data, shapes, (name, value) => mine.setTriggerValue(name, value));
    };
    show().catch((error) => {
        if (mine.data !== data) return; // what failed is not wanted any more
        console.warn(error);
        mine.view?.end();
        const message = document.createElement("p");
        message.role = "alert";
        message.textContent = data.texts.failed;
        parentElement.replaceChildren(message);
        views.delete(parentElement);
    });
    return () => setTimeout(() => {
        if (parentElement.isConnected) return;
        mine.view?.end();
        views.delete(parentElement);
    });
}
